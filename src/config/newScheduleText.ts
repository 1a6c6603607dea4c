import { linearRate } from '../schedule/remarks'

/** What a person says of a training that is yet to be described. */
export interface NewSchedule {
  /** Paths as they are written into the file. */
  readonly data: { readonly train: string; readonly val?: string | undefined }
  readonly frames: number
  /** Side of the square that the network sees, pixels. */
  readonly crop: number
  /** Of a plain training: multigrid stretches them. */
  readonly epochs: number
  readonly batch: number
  readonly multigrid: 'fast' | 'balanced' | 'careful' | 'none'
}

/** Epochs of a multigrid training per epoch of a plain one; more of them are slower, and usually more accurate. */
export const epochFactors = { fast: 1, balanced: 1.5, careful: 2 } as const

/** A commented schedule file that says so, with rates by linear scaling of 0.1 for 64 clips (Goyal et al. 2017). */
export function newScheduleText({ data, frames, crop, epochs, batch, multigrid }: NewSchedule): string {
  const learningRate = rateOf(batch)
  const steps = stagesOf(epochs).map((share) => Math.round(share * epochs))
  const warmup = Math.floor(epochs / 12)
  const large = crop > 112
  const inputs = {
    ...data,
    frames,
    stride: 2,
    crop,
    jitter: [Math.round((crop * 8) / 7), Math.round((crop * 10) / 7)],
  }
  // SlowFast's slow pathway sees every fourth frame, also of the shortest clips, which have a quarter of the frames.
  const model =
    frames % 16 > 0
      ? { arch: 'slow', depth: large ? 50 : 18, width: large ? 64 : 16 }
      : { arch: 'slowfast', depth: large ? 50 : 18, width: large ? 64 : 16 }
  const train = {
    batch,
    epochs,
    steps,
    learningRate,
    ...(warmup > 0 && { warmup: { epochs: warmup, from: Number((learningRate / 10).toPrecision(6)) } }),
  }
  const bnBase = normalisedOver(batch)
  const cycles =
    multigrid === 'none'
      ? { longCycle: false, shortCycle: false }
      : {
          ...{ longCycle: true, shortCycle: true, epochFactor: epochFactors[multigrid] },
          ...(bnBase !== usualBnBase && { bnBase }),
        }
  return `{
  // What to train on: a folder with one sub-folder of videos per class, or a list of paths and labels.
  // Clips have \`frames\` frames, \`stride\` apart, of crop × crop pixels; the shorter side is scaled into \`jitter\` first.
  "data": ${line(inputs)},
  "model": ${line(model)},
  // Epochs and steps are those of a plain training; multigrid stretches and splits them. The rate falls tenfold at each step.
  "train": ${line(train)},
  ${multigrid === 'none' ? '// A plain training: every step has the full shape.' : '// Many small clips first, few large ones last; the last epochs have the full shape.'}
  "multigrid": ${line(cycles)}
}
`
}

/** Why clips cannot be so: a quarter of their frames is trained on too. */
export function faultOfClips(frames: number, crop: number): string | undefined {
  if (frames % 4 > 0 || frames < 4 || frames > 256) return 'frames: a multiple of 4, up to 256'
  return crop >= 32 && crop <= 1024 ? undefined : 'pixels: 32 to 1024'
}

/** Why a training cannot be so long, or of such steps. */
export function faultOfLength(epochs: number, batch: number): string | undefined {
  if (epochs < fewestEpochs || epochs > 10_000) return `epochs: ${fewestEpochs} to 10000`
  if (batch < 2 || batch > 4096) return 'batch: 2 to 4096'
  return normalisedOver(batch) > 1 ? undefined : 'batch: one that can be cut into equal parts of 2 to 8 clips'
}

/** By linear scaling of 0.1 for 64 clips. */
export const rateOf = (batch: number): number => Number(linearRate(batch).toPrecision(6))

/** With fewer, rounding would leave no epoch to some shape of the long cycle. */
const fewestEpochs = 8
const usualBnBase = 8

/** Clips that share statistics: equal parts of every batch, which is a multiple of this one, of eight clips at most. */
function normalisedOver(batch: number): number {
  let clips = Math.min(usualBnBase, batch)
  while (batch % clips > 0) clips--
  return clips
}

/** Shares of the epochs where the rate falls; a short training has fewer stages, so that each has time for every shape. */
function stagesOf(epochs: number): number[] {
  if (epochs >= 60) return [0, 0.5, 0.75, 0.9]
  return epochs >= 40 ? [0, 0.6, 0.85] : [0, 0.75]
}

function line(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(line).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, one]) => one !== undefined)
  return `{ ${members.map(([key, one]) => `${JSON.stringify(key)}: ${line(one)}`).join(', ')} }`
}
