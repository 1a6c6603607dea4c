import { describe, expect, it } from 'vitest'
import { MicroBatches } from '../../src/trainer/MicroBatches'

const shape = { batch: 8, frames: 4, size: 79 }
const tooLarge = new Error(
  'OOM when allocating tensor with shape[32,56,56,64] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
)

/** A step that fits in memory in `needed` parts; returns the parts it was taken in. */
const fits =
  (needed: number) =>
  (parts: number): number => {
    if (parts < needed) throw tooLarge
    return parts
  }

describe('a step that does not fit in memory', () => {
  it('is taken in the fewest parts that keep its groups whole, is told of once, and stays so', () => {
    const told: string[] = []
    const memory = new MicroBatches((message) => told.push(message))
    expect(memory.fit(shape, 4, fits(3))).toBe(4)
    expect(told).toEqual([
      'A step of 8 × 4 × 79² does not fit in memory: it is taken in 2 parts of 4 clips, one after another. The result is the same, it takes longer.',
      'A step of 8 × 4 × 79² does not fit in memory in 2 parts: it is taken in 4 parts of 2 clips, one after another. The result is the same, it takes longer.',
    ])
    expect(memory.fit(shape, 4, fits(1))).toBe(4)
    expect(told).toHaveLength(2)
    expect(memory.fit({ ...shape, size: 56 }, 4, fits(1))).toBe(1)
  })

  it('is refused with what to lower when one group alone is too large', () => {
    const memory = new MicroBatches(() => undefined)
    expect(() => memory.fit(shape, 2, fits(3))).toThrow(
      /8 × 4 × 79² does not fit in memory, not even the 4 clips at a time that are normalised together\. Lower train\.batch/,
    )
    expect(() => memory.fit(shape, 8, fits(9))).toThrow(/not even one clip at a time/)
  })

  it('is no other error: those come through as they are', () => {
    const memory = new MicroBatches(() => undefined)
    const bug = new TypeError('x is undefined')
    expect(() =>
      memory.fit(shape, 4, () => {
        throw bug
      }),
    ).toThrow(bug)
  })

  it.each([
    'Could not allocate: RESOURCE_EXHAUSTED: failed to allocate memory',
    'CUDA_ERROR_OUT_OF_MEMORY: out of memory',
    'CUDNN_STATUS_ALLOC_FAILED',
    'Array buffer allocation failed',
  ])('is known by "%s"', (message) => {
    const memory = new MicroBatches(() => undefined)
    const step = (parts: number): number => {
      if (parts === 1) throw new Error(message)
      return parts
    }
    expect(memory.fit(shape, 4, step)).toBe(2)
  })
})
