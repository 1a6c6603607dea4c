import { proportionalJitter, proportionalSteps } from '../config/defaults'
import { networkFaults } from '../config/networkFit'
import type { Config } from '../config/schema'
import { checks } from '../schedule/checkSettings'
import { makePlan } from '../schedule/plan'
import { linearRate, remarks, rounded } from '../schedule/remarks'
import type { Change } from './Change'

type Path = readonly (string | number)[]
type Remedies = (config: Config, path: Path) => Iterable<readonly Change[]>

/** Where a side of 32 ends the networks see one place. */
const leastPixels = 32
/** The Kinetics recipe's share of the epochs that warms up, and where its last step lies. */
const warmupShare = 34 / 239
const lastStepShare = 196 / 239

/** Changes that may mend a problem at this key; those that do not are found by trying. */
export function remediesFor(path: Path, config: Config): Iterable<readonly Change[]> {
  const key = path.slice(0, 2).join('.')
  return Object.hasOwn(byKey, key) ? byKey[key]!(config, path) : []
}

const set = (key: string, to: unknown): Change => ({ set: key.split('.'), to })

const byKey: Readonly<Record<string, Remedies>> = {
  'train.learningRate': ({ train }) => [
    [set('train.learningRate', Number(rounded(linearRate(train.batch))))],
  ],

  *'train.warmup'(config) {
    const { epochs, phases } = makePlan(config)
    const warmupOf = (length: number): Change =>
      set('train.warmup', { ...config.train.warmup, epochs: length })
    const first = phases[0]!.endEpoch
    for (const length of new Set([Math.min(Math.round(epochs * warmupShare), first), first])) {
      yield [set('train.warmup.epochs', length)]
      yield [warmupOf(length)]
    }
  },

  *'train.steps'(config, path) {
    const { steps, epochs } = config.train
    const index = path[2]
    if (typeof index === 'number') {
      const sorted = [...steps].sort((a, b) => a - b)
      const moved = sorted.flatMap((step, at): Change[] =>
        step === steps[at] ? [] : [{ set: ['train', 'steps', at], to: step }],
      )
      if (moved.length > 0) yield moved
      yield* longer(config)
      yield [{ remove: path }]
      const last = Math.max(...steps)
      if (last >= epochs) yield [set('train.epochs', Math.round(last / lastStepShare))]
    } else if (steps[0] !== 0) {
      yield [{ insertAt: ['train', 'steps', 0], item: 0 }]
      yield [{ set: ['train', 'steps', 0], to: 0 }]
    } else {
      yield [set('train.steps', proportionalSteps(epochs))]
      yield [set('multigrid.longCycle', false)]
    }
  },

  *'train.rates'({ train: { steps, rates = [], gamma } }) {
    const changes: Change[] = []
    for (let at = rates.length; at < steps.length; at++) {
      const item = Number((rates.at(-1)! * gamma ** (at - rates.length + 1)).toPrecision(6))
      changes.push({ insertAt: ['train', 'rates', at], item })
    }
    for (let at = rates.length - 1; at >= steps.length; at--) changes.push({ remove: ['train', 'rates', at] })
    yield changes
  },

  'train.finalLearningRate': () => [[set('train.finalLearningRate', 0)]],

  *'engine.devices'({ train: { batch }, engine: { devices } }) {
    for (let fewer = Math.min(devices, batch); fewer >= 1; fewer--) {
      if (batch % fewer > 0) continue
      yield [set('engine.devices', fewer)]
      break
    }
    yield [set('train.batch', Math.ceil(batch / devices) * devices)]
  },

  *'data.jitter'({ data: { jitter, crop } }) {
    const [min, max] = jitter
    if (min > max) {
      yield [
        { set: ['data', 'jitter', 0], to: max },
        { set: ['data', 'jitter', 1], to: min },
      ]
    }
    yield [set('data.jitter', proportionalJitter(crop))]
    yield [set('data.crop', min)]
  },

  *'multigrid.longCycleFactors'(config, path) {
    const side = path[3]
    if (side === 0) yield [{ set: path, to: shareOf(1, config.data.frames) }]
    else if (side === 1) yield [{ set: path, to: shareOf(leastPixels, config.data.crop) }]
    else yield* longer(config)
  },

  'multigrid.shortCycleFactors': ({ data }, path) => [[{ set: path, to: shareOf(leastPixels, data.crop) }]],

  *'multigrid.epochFactor'({ train: { epochs } }) {
    for (const factor of [1, 1.5, Math.floor(1e6 / epochs)]) yield [set('multigrid.epochFactor', factor)]
  },

  *'multigrid.bnBase'(config) {
    const { bnBase } = config.multigrid
    const batch = config.train.batch / config.engine.devices
    const nearest = Array.from({ length: Math.max(batch, bnBase) }, (_, index) => index + 1).sort(
      (a, b) => Math.abs(a - bnBase) - Math.abs(b - bnBase),
    )
    for (const base of nearest) {
      const changed = { ...config, multigrid: { ...config.multigrid, bnBase: base } }
      if (doubtedAt(['bnBase'], changed)) continue
      yield [set('multigrid.bnBase', base)]
      return
    }
  },

  *'model.alpha'(config) {
    const { model, data } = config
    for (let alpha = model.alpha; alpha >= 1; alpha--) {
      if (faultsAt('alpha', { ...config, model: { ...model, alpha } })) continue
      yield [set('model.alpha', alpha)]
      break
    }
    for (let frames = data.frames + 1; frames <= 4 * Math.max(data.frames, model.alpha); frames++) {
      if (faultsAt('alpha', { ...config, data: { ...data, frames } })) continue
      yield [set('data.frames', frames)]
      break
    }
  },

  *'model.betaInv'({ model: { betaInv, width } }) {
    for (let fewer = Math.min(betaInv, width); fewer >= 1; fewer--) {
      if (width % fewer > 0) continue
      yield [set('model.betaInv', fewer)]
      break
    }
    yield [set('model.width', Math.ceil(width / betaInv) * betaInv)]
  },

  *'model.arch'(config) {
    const { data } = config
    for (let frames = data.frames + 1; frames <= 4 * data.frames; frames++) {
      if (faultsAt('arch', { ...config, data: { ...data, frames } })) continue
      yield [set('data.frames', frames)]
      break
    }
    yield [set('model.arch', 'slow')]
  },

  'model.nonLocal': () => [[set('model.nonLocal', false)]],
}

/** The least factor with which every shape and stage has an epoch. */
function* longer(config: Config): Generator<readonly Change[]> {
  for (let tenths = Math.floor(config.multigrid.epochFactor * 10) + 1; tenths <= 100; tenths++) {
    const epochFactor = tenths / 10
    const changed = { ...config, multigrid: { ...config.multigrid, epochFactor } }
    if (!contradicts(changed) && !doubtedAt(['longCycleFactors', 'steps'], changed)) {
      yield [set('multigrid.epochFactor', epochFactor)]
      return
    }
  }
}

function contradicts(config: Config): boolean {
  return checks.some(({ find }) => [...find(config)].length > 0)
}

function doubtedAt(keys: readonly string[], config: Config): boolean {
  return [...remarks(config, makePlan(config))].some(({ path }) => keys.includes(String(path[1])))
}

function faultsAt(key: string, config: Config): boolean {
  return networkFaults(config, makePlan(config)).some(({ path }) => path[1] === key)
}

/** The least share of a whole that is `part` at least, to four digits. */
function shareOf(part: number, whole: number): number {
  return Math.min(1, Math.ceil((part / whole) * 1e4) / 1e4)
}
