import { stepWork } from '../../src/config/stepWork'
import type { Phase } from '../../src/schedule/plan'
import { loadBackend } from '../../src/trainer/backends/load'
import type { BackendName } from '../../src/trainer/backends/load'
import { tensorCount } from '../../src/trainer/backends/tensorCount'
import { MicroBatches } from '../../src/trainer/MicroBatches'
import { NetworkLearner } from '../../src/trainer/NetworkLearner'
import { noise } from '../../src/trainer/timeShapes'
import { median } from './median'
import { families } from './opFamily'
import { stockSteps, torchSteps } from './peers'
import { profile } from './profile'
import type { Profile } from './profile'
import { shapeName, stepCases } from './stepCases'
import type { StepCase, StepShape } from './stepCases'

interface Options {
  readonly backend: BackendName
  readonly quick: boolean
  readonly stock: boolean
  /** The Python that has PyTorch. */
  readonly torch?: string
}

interface Timed {
  readonly shape: StepShape
  /** Of every step that was timed and not profiled. */
  readonly all: readonly number[]
  readonly profiles: readonly Profile[]
}

const wholeBatch = { norm: { kind: 'plain' } } as unknown as Phase

/**
 * Prints, as JSON, a whole training step (forward, backward, update) of every shape: median seconds, where they go, and
 * the tensors that stay; with peers, how many times longer they take.
 */
async function main(options: Options): Promise<void> {
  const { device, versions } = await loadBackend(options.backend)
  const results = []
  for (const own of stepCases(options.quick)) {
    const create = (): NetworkLearner =>
      NetworkLearner.create(own.config, own, new MicroBatches(console.error))
    const learner = create()
    // Within a graph nothing can be seen: this one only ever steps under `profile`.
    const observed = create()
    const shapes = []
    for (const shape of own.shapes) {
      console.error(`  ${options.backend}, ${own.network}: ${shapeName(shape)}`)
      const timed = await time({ learner, observed }, shape, options)
      const tensors = await tensorsAround(() => learner.step(noise(shape), stepOf(0)))
      const { stock, torch } = own.peers ? options : {}
      const peers = {
        ...(stock && { stock: besideStock(options, own, timed) }),
        ...(torch !== undefined && { torch: besideTorch(torch, own, timed, learner.parameters) }),
      }
      // Operations on a GPU are not done when they return.
      shapes.push({
        timed,
        rest: { ...(device === 'CPU' && spent(timed)), tensors: tensors(timed), ...peers },
      })
    }
    learner.dispose()
    observed.dispose()
    results.push({ network: own.network, shapes: besideLast(own, shapes) })
  }
  process.stdout.write(JSON.stringify({ backend: options.backend, device, versions, results }))
}

function stepOf(iteration: number): { lr: number; iteration: number; phase: Phase } {
  return { lr: 0, iteration, phase: wholeBatch }
}

/** Timed steps with a profiled one after every third, so that both meet the same weather. */
async function time(
  { learner, observed }: { learner: NetworkLearner; observed: NetworkLearner },
  shape: StepShape,
  { backend, quick }: Options,
): Promise<Timed> {
  const onWasm = backend === 'wasm'
  const [warmUps, repeats] = [onWasm ? 1 : 2, onWasm || quick ? 3 : 9]
  const all: number[] = []
  const profiles: Profile[] = []
  for (let i = 0; i < warmUps + repeats; i++) {
    const batch = noise(shape)
    const began = performance.now()
    await learner.step(batch, stepOf(i))
    if (i < warmUps) continue
    all.push((performance.now() - began) / 1000)
    if (all.length % 3 === 0) profiles.push(await profile(() => observed.step(noise(shape), stepOf(i))))
  }
  return { shape, all, profiles }
}

/** The tensors that are alive between steps, and the most within one; throws when a step leaves some behind. */
async function tensorsAround(step: () => Promise<unknown>): Promise<(timed: Timed) => object> {
  const before = tensorCount()
  await step()
  const alive = tensorCount()
  if (alive.engine !== before.engine || alive.native !== before.native) {
    throw new Error(`A step leaves tensors behind: ${JSON.stringify({ before, alive })}.`)
  }
  return ({ profiles }) => {
    const { tensors, bytes } = profiles.at(-1)!.peak
    return { ...alive, peak: tensors, peakMiB: round(bytes / 2 ** 20) }
  }
}

/** Where a step that is called operation by operation spends its time: milliseconds by family. */
function spent({ profiles }: Timed): object {
  const byFamily = families.map((family) => median(profiles.map((own) => own.families.get(family) ?? 0)))
  const ops = byFamily.reduce((sum, value) => sum + value, 0)
  return {
    operationByOperation: {
      milliseconds: {
        ...Object.fromEntries(families.map((family, i) => [family, round(byFamily[i]!)])),
        'JavaScript between': round(median(profiles.map((own) => own.milliseconds)) - ops),
      },
      seconds: round(median(profiles.map((own) => own.milliseconds)) / 1000),
      explained: round(ops / median(profiles.map((own) => own.milliseconds))),
      calls: profiles.at(-1)!.calls,
    },
  }
}

/** With times relative to the full shape's, and what a forecast without measurements assumes. */
function besideLast(
  { config }: StepCase,
  shapes: readonly { readonly timed: Timed; readonly rest: object }[],
): object[] {
  const work = stepWork(config)
  const model = ({ batch, frames, size }: StepShape): number =>
    work({ batch, frames, size, jitter: [size, size] })
  const full = shapes.at(-1)!.timed
  return shapes.map(({ timed: { shape, all }, rest }) => ({
    shape: shapeName(shape),
    seconds: round(median(all)),
    fastest: round(Math.min(...all)),
    clipsPerSecond: round(shape.batch / median(all)),
    ratioToLast: round(median(all) / median(full.all)),
    modelRatioToLast: round(model(shape) / model(full.shape)),
    ...rest,
  }))
}

function besideStock({ backend }: Options, { config, classes }: StepCase, { shape, all }: Timed): object {
  const onWasm = backend === 'wasm'
  const counts = { warmUps: onWasm ? 0 : 1, repeats: onWasm ? 1 : 3 }
  const result = stockSteps({ backend, config, classes, shape, ...counts })
  if ('failed' in result) return result
  const { seconds, relativeErrorOfLoss, relativeErrorOfGradient, worstGradient } = result
  return {
    ...beside(seconds, all),
    relativeErrorOfLoss: round(relativeErrorOfLoss),
    relativeErrorOfGradient: round(relativeErrorOfGradient),
    worstGradient,
  }
}

function besideTorch(python: string, own: StepCase, { shape, all }: Timed, ours: number): object {
  const result = torchSteps(python, own, shape, all.length)
  if ('failed' in result) return result
  const { seconds, version, threads, parameters } = result
  if (parameters !== ours) {
    throw new Error(`PyTorch's network has ${parameters} parameters, ours ${ours}.`)
  }
  const [memoryFormat, times] = Object.entries(seconds).sort(([, a], [, b]) => median(a) - median(b))[0]!
  return { version, threads, memoryFormat, ...beside(times, all) }
}

/** Other programs on the machine slow the median down; the fastest step knows least of them. */
function beside(theirs: readonly number[], ours: readonly number[]): object {
  const [theirFastest, ourFastest] = [Math.min(...theirs), Math.min(...ours)]
  return {
    seconds: round(median(theirs)),
    fastest: round(theirFastest),
    ratio: round(median(theirs) / median(ours)),
    ratioOfFastest: round(theirFastest / ourFastest),
  }
}

const round = (value: number): number => Number(value.toPrecision(4))

void main(JSON.parse(process.argv[2]!) as Options)
