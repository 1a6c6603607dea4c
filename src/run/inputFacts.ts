import type { Config } from '../config/schema'
import type { InputGauges } from '../protocol/events'
import type { RunView, ShapeStats } from '../protocol/view'
import type { ProcessWaits } from './DataWaits'
import { shareOf, smoothed, sum, threshold } from './inputBound'
import type { Waited } from './inputBound'

export interface InputSituation {
  readonly run: Pick<RunView, 'name' | 'now' | 'plan' | 'shapes' | 'device' | 'info'>
  readonly waits: ProcessWaits
  readonly data: Pick<Config['data'], 'workers' | 'jitter'>
  /** Memory of the machine, MiB. */
  readonly machineMiB: number
}

/** How the clips of a stretch were come by, and what decoding them at the wanted rate would take. */
export interface Decoding {
  readonly gauges: InputGauges
  readonly busy: number
  /** Shares of the clips, 0..1, that were decoded or came from a cache. */
  readonly decoded: number
  readonly fromMemory: number
  readonly fromDisk: number
  readonly clips: number
  /** Cores that decode as much as training would take; 0 where nothing was decoded. */
  readonly coresNeeded: number
}

export interface InputFacts {
  /** Seconds waited and in all since the run began, other processes of it included. */
  readonly overall: Pick<Waited, 'waited' | 'took'>
  /** Share of the last steps that was waiting, 0..1. */
  readonly nowShare: number
  readonly coldShare: number
  /** Absent while the process is in its first epoch. */
  readonly warmShare?: number
  readonly isInputBound: boolean
  /** Clips a second that training would take if they came in time: in this phase, or, where that does not wait, in shapes that did. */
  readonly wanted: number
  readonly decoding?: Decoding
}

/** What was measured of a run's input, in numbers; undefined before its first step. */
export function inputFacts({ run, waits }: InputSituation): InputFacts | undefined {
  const { now, shapes, device } = run
  if (!now || shapes.length === 0) return undefined
  const warmShare = waits.warm.steps >= smoothed ? shareOf(waits.warm) : undefined
  const share = warmShare ?? shareOf(sum([waits.cold, waits.warm]))
  const wanted = wantedRate(run)
  const decoding = device?.input && decodingOf(device.input, waits, wanted)
  return {
    overall: { waited: total(shapes, waitedOf), took: total(shapes, tookOf) },
    nowShare: now.inputShare,
    coldShare: shareOf(waits.cold),
    ...(warmShare !== undefined && { warmShare }),
    isInputBound: now.inputBound || share > threshold,
    wanted,
    ...(decoding && { decoding }),
  }
}

const tookOf = ({ steps, secondsPerStep }: ShapeStats): number => steps * secondsPerStep
const waitedOf = (stats: ShapeStats): number => tookOf(stats) * stats.inputShare

/** Clips a second of a shape if data came in time; undefined where it did nothing but wait. */
export function unhinderedRate({ shape, secondsPerStep, inputShare }: ShapeStats): number | undefined {
  const compute = secondsPerStep * (1 - inputShare)
  return compute > 0 ? shape.batch / compute : undefined
}

/** Over all shapes of a phase: the steps of its short cycle take from one queue. */
function wantedRate({ now, plan, shapes }: InputSituation['run']): number {
  const planned = plan?.phases[now?.phase ?? 0]?.shapes ?? []
  const ofPhase = shapes.filter(({ shape }) =>
    planned.some((p) => p.batch === shape.batch && p.frames === shape.frames && p.size === shape.size),
  )
  const waiting = shapes.filter(({ inputShare }) => inputShare > threshold)
  const used = [now?.inputBound ? ofPhase : waiting, ofPhase, shapes].find(({ length }) => length > 0)!
  const compute = total(used, (stats) => tookOf(stats) - waitedOf(stats))
  return compute > 0 ? total(used, ({ steps, shape }) => steps * shape.batch) / compute : 0
}

/** Since the first epoch was over, where there is something since: before it no cache can have helped. */
function decodingOf(gauges: InputGauges, waits: ProcessWaits, wanted: number): Decoding {
  const from = waits.warmFrom
  const since = from && {
    decoded: gauges.decoded - from.decoded,
    fromMemory: gauges.fromMemory - from.fromMemory,
    fromDisk: gauges.fromDisk - from.fromDisk,
  }
  const counted = since && since.decoded + since.fromMemory + since.fromDisk > 0 ? since : gauges
  const clips = counted.decoded + counted.fromMemory + counted.fromDisk
  const share = (some: number): number => (clips > 0 ? some / clips : 0)
  const decoded = share(counted.decoded)
  return {
    gauges,
    busy: waits.busy ?? gauges.busy,
    decoded,
    fromMemory: share(counted.fromMemory),
    fromDisk: share(counted.fromDisk),
    clips,
    coresNeeded: (gauges.secondsPerClip ?? 0) * wanted * decoded,
  }
}

const total = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((a, one) => a + of(one), 0)
