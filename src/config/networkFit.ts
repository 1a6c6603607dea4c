import { HumanError } from '../HumanError'
import { architectures } from '../network/architecture'
import { keyPath } from '../schedule/checkSettings'
import type { Finding } from '../schedule/checkSettings'
import type { Plan } from '../schedule/plan'
import type { Config } from './schema'

/** Largest side of a clip of which the last stage with non-local blocks sees one place, too few for their 2 × 2 pool. */
const lastBlindSize = 16

/** Why the network cannot take the plan's clips; the plan itself can still be shown. */
export function networkFaults({ model }: Config, plan: Plan): Finding[] {
  const { alpha, betaInv, width } = model
  const faults: Finding[] = []
  const planned = plan.phases.flatMap(({ shapes }) => shapes)
  const counts = new Set(planned.map(({ frames }) => frames))
  if (architectures[model.arch].halvesTime && counts.has(1)) {
    const message = `cannot take clips of 1 frame, which are planned: it halves their number after its first stage`
    faults.push({ path: ['model', 'arch'], message })
  }
  const smallest = Math.min(...planned.map(({ size }) => size))
  if (model.nonLocal !== false && smallest <= lastBlindSize) {
    const message = `cannot take clips of ${smallest} pixels, which are planned: its blocks pool a picture of at least ${lastBlindSize + 1}`
    faults.push({ path: ['model', 'nonLocal'], message })
  }
  if (model.arch !== 'slowfast') return faults
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
