import * as tf from '@tensorflow/tfjs-core'
import { HumanError } from '../HumanError'

interface StepShape {
  readonly batch: number
  readonly frames: number
  readonly size: number
}

/**
 * In how many parts the batch of each shape is taken. It begins with one; a step that does not fit in memory is taken
 * in more of them, and so are later steps of its shape. Groups of clips that are normalised together stay together.
 */
export class MicroBatches {
  private readonly parts = new Map<string, number>()

  /** `report` hears, once for each change, what is done in a sentence. */
  constructor(private readonly report: (message: string) => void) {}

  /** Runs a step of this shape in as many parts as it takes. Throws HumanError when none fit, other errors as they come. */
  fit<T>(shape: StepShape, groups: number, step: (parts: number) => T): T {
    const key = `${shape.batch}x${shape.frames}x${shape.size}/${groups}`
    for (;;) {
      const parts = this.parts.get(key) ?? 1
      try {
        return step(parts)
      } catch (error) {
        if (!isOutOfMemory(error)) throw error
        const next = divisorAbove(parts, groups)
        if (next === undefined || isBroken(error)) throw new HumanError(nothingFits(shape, groups, error))
        this.parts.set(key, next)
        this.report(
          `${name(shape)} does not fit in memory${parts > 1 ? ` in ${parts} parts` : ''}: it is taken in ${next} parts of ${shape.batch / next} clips, one after another. The result is the same, it takes longer.`,
        )
      }
    }
  }
}

/** What TensorFlow, CUDA, cuDNN and JavaScript say when memory runs out. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    (/\bOOM\b|out of memory|out_of_memory|resource ?_?exhausted|alloc_failed|failed to allocate|allocation failed/i.test(
      error.message,
    ) ||
      isBroken(error))
  )
}

/** A WebAssembly module that could not grow is dead, and its tensors with it. What it says differs from case to case. */
function isBroken(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError' && tf.getBackend() === 'wasm'
}

function divisorAbove(parts: number, groups: number): number | undefined {
  for (let next = parts + 1; next <= groups; next++) {
    if (groups % next === 0) return next
  }
  return undefined
}

function nothingFits(shape: StepShape, groups: number, error: unknown): string {
  const smaller =
    'Lower train.batch, data.crop, data.frames or model.width (or multigrid.bnBase, the clips that are normalised together)'
  if (isBroken(error)) {
    return `${name(shape)} does not fit in WebAssembly's memory (4 GiB at most; it said "${(error as Error).message.split('\n')[0]}"). ${smaller}, or install TensorFlow with "multigrid doctor --install".`
  }
  const least = shape.batch / groups
  const part =
    least === 1 ? 'one clip at a time' : `the ${least} clips at a time that are normalised together`
  return `${name(shape)} does not fit in memory, not even ${part}. ${smaller}, or free memory that other programs hold.`
}

function name({ batch, frames, size }: StepShape): string {
  return `A step of ${batch} × ${frames} × ${size}²`
}
