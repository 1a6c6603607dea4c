import path from 'node:path'
import { checkNetworkFit } from '../config/networkFit'
import { decodeConfig } from '../config/parse'
import type { Config } from '../config/schema'
import type { EventPayload, InputGauges } from '../protocol/events'
import { findFfmpeg } from '../runtime/ffmpeg'
import { runtimeFolder } from '../runtime/folder'
import { checkClips } from '../schedule/iterations'
import { makePlan } from '../schedule/plan'
import type { Plan } from '../schedule/plan'
import { loadBackend } from './backends/load'
import type { Backend } from './backends/load'
import { fullShape, readBatches } from './batches'
import { Checkpoints } from './checkpoint'
import type { Checkpoint } from './checkpoint'
import { readDataset } from '../data/dataset'
import { openReader } from '../data/openReader'
import { MicroBatches } from './MicroBatches'
import { NetworkLearner } from './NetworkLearner'
import { normalisationWords } from './normalisationWords'
import type { RunFolder } from './RunFolder'
import type { Session } from './Session'
import { timeShapes } from './timeShapes'
import { offsetAt, TrainingRun } from './TrainingRun'
import type { Standing } from './TrainingRun'

export interface Prepared {
  readonly training: TrainingRun
  /** How clips are read at this moment. */
  readonly input: () => InputGauges
  dispose(): Promise<void>
}

/** From a run folder to a run that can take its next step, telling each stage. Throws HumanError with what is in the way. */
export async function prepare(parts: {
  run: RunFolder
  session: Session
  tell: (event: EventPayload) => void
}): Promise<Prepared> {
  const { run, session, tell } = parts
  const note = (message: string): void => tell({ type: 'problem', kind: 'note', message })
  const config = decodeConfig(run.readConfig())
  const plan = makePlan(config)
  const dataset = await readDataset(config.data)
  for (const remark of dataset.remarks) tell({ type: 'problem', kind: 'data', message: remark })
  const clips = dataset.train.length
  checkClips(plan, clips)
  checkNetworkFit(config, plan)
  const ffmpeg = await findFfmpeg({
    setting: process.env['MULTIGRID_FFMPEG'],
    env: process.env,
    runtimeFolder: runtimeFolder(),
  })
  await session.breathe()
  const checkpoints = new Checkpoints(run.file('checkpoints'))
  const { checkpoint, refused } = checkpoints.latest()
  for (const fault of refused) tell({ type: 'problem', kind: 'checkpoint', message: `Not used: ${fault}` })
  const start = startOf(plan, clips, checkpoint)
  const { reader, gauges } = await openReader({
    data: config.data,
    dataset,
    ffmpeg: ffmpeg.path,
    storeFolder: path.join(run.folder, '..', '..', 'clips'),
    onProblem: ({ clip, reason, replacedBy }) =>
      tell({
        type: 'problem',
        kind: 'clip',
        message: `${clip} cannot be read (${reason}); ${replacedBy} is used in its place.`,
      }),
  })
  try {
    // The first clips are decoded while TensorFlow loads.
    const batches = readBatches({
      ...{ reader, dataset, config, plan },
      start: start.iteration,
      offset: start.offset,
    })
    const backend = await loadBackend(config.engine.backend)
    await session.breathe()
    const memory = new MicroBatches((message) => tell({ type: 'problem', kind: 'memory', message }))
    const loss = dataset.multiLabel ? 'binary-cross-entropy' : 'cross-entropy'
    const learner = NetworkLearner.create(config, { classes: dataset.classes.length, loss }, memory)
    if (checkpoint) learner.import(checkpoint)
    else if (config.model.init !== undefined) learner.initialiseFrom(config.model.init).forEach(note)
    run.notePlan(plan)
    tell(
      introduction({
        run,
        config,
        plan,
        backend,
        learner,
        classes: dataset.classes,
        clips: { train: clips, val: dataset.val.length },
        start,
      }),
    )
    const timed = await timeShapes({
      phases: plan.phases.filter(({ endEpoch }) => endEpoch > start.epoch),
      learner,
      breathe: () => session.breathe(),
      now: () => performance.now(),
    })
    const training = new TrainingRun({
      ...{ run, config, dataset, reader, batches, learner, checkpoints, timed, tell, start },
    })
    tell(training.describe([]))
    return {
      training,
      input: gauges,
      async dispose() {
        await training.dispose()
        await reader.close()
        learner.dispose()
      },
    }
  } catch (error) {
    await reader.close()
    throw error
  }
}

function startOf(
  plan: Plan,
  clips: number,
  checkpoint: Checkpoint | undefined,
): { iteration: number; epoch: number; offset: number; best: Standing } {
  if (!checkpoint) return { iteration: 0, epoch: 0, offset: 0, best: {} }
  const { iteration, epoch, bestTop1, bestMap } = checkpoint.state
  // An edit that was written but not yet saved with: between two epochs its offset follows from the epoch.
  const offset = Number.isInteger(epoch) ? offsetAt(plan, clips, iteration, epoch) : checkpoint.state.offset
  return { iteration, epoch, offset, best: { top1: bestTop1, map: bestMap } }
}

function introduction(parts: {
  run: RunFolder
  config: Config
  plan: Plan
  backend: Backend
  learner: NetworkLearner
  classes: readonly string[]
  clips: { train: number; val: number }
  start: { iteration: number; epoch: number }
}): EventPayload {
  const { run, config, plan, backend, learner, classes, clips, start } = parts
  run.note({ engine: `${backend.name} (${backend.device})` })
  const shapes = new Map(
    [fullShape(config), ...plan.phases.flatMap((phase) => phase.shapes)].map((s) => [
      `${s.frames}x${s.size}`,
      s,
    ]),
  )
  return {
    type: 'run',
    id: run.id,
    name: run.name,
    model: `${config.model.arch} depth ${config.model.depth} width ${config.model.width}`,
    parameters: learner.parameters,
    flopsPerClip: [...shapes.values()].map(({ frames, size }) => ({
      frames,
      size,
      flops: learner.flops(frames, size),
    })),
    classes: [...classes],
    clips,
    backend: backend.name,
    device: backend.device,
    reason: backend.reason,
    ...(backend.slow !== undefined && { slow: backend.slow }),
    normalisation: normalisationWords(plan, learner.normalisationLayers),
    versions: { node: process.versions.node, ...backend.versions },
    iteration: start.iteration,
    epoch: start.epoch,
  }
}
