import { HumanError } from '../HumanError'
import { keyPath } from '../schedule/checkSettings'
import type { Finding } from '../schedule/checkSettings'
import type { Plan } from '../schedule/plan'
import type { Config } from './schema'

/** Why the network cannot take the plan's clips; the plan itself can still be shown. */
export function networkFaults({ model }: Config, plan: Plan): Finding[] {
  if (model.arch !== 'slowfast') return []
  const { alpha, betaInv, width } = model
  const faults: Finding[] = []
  const counts = new Set(plan.phases.flatMap(({ shapes }) => shapes.map(({ frames }) => frames)))
  const odd = [...counts].filter((frames) => frames % alpha > 0)
  if (odd.length > 0) {
    const message = `must divide the frames of every shape, but clips of ${odd.join(' and ')} frames are planned: the slow pathway takes one frame of ${alpha}`
    faults.push({ path: ['model', 'alpha'], message })
  }
  if (width % betaInv > 0) {
    const message = `must divide model.width, ${width}: the fast pathway has width / betaInv channels`
    faults.push({ path: ['model', 'betaInv'], message })
  }
  return faults
}

/** Refuses a training whose network cannot take the plan's clips. */
export function checkNetworkFit(config: Config, plan: Plan): void {
  const faults = networkFaults(config, plan)
  if (faults.length > 0)
    throw new HumanError(faults.map(({ path, message }) => `${keyPath(path)} ${message}.`).join('\n'))
}
