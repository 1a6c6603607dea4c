import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Prefetch } from '../../src/data/prefetch'
import type { ClipBatch, ReadRequest } from '../../src/data/reader'

/** Requests that are told apart by their number of frames. */
function* numbered(count: number): Generator<ReadRequest, undefined> {
  for (let frames = 0; frames < count; frames++)
    yield { clips: [], samples: [], frames, size: 1, decodeSide: 1 }
}

function fakeRead(milliseconds: (frames: number) => number) {
  const seen = { started: [] as number[], released: [] as number[] }
  const read = async ({ frames }: ReadRequest, signal: AbortSignal): Promise<ClipBatch> => {
    seen.started.push(frames)
    await delay(milliseconds(frames), undefined, { signal })
    if (frames === 13) throw new Error('bad luck')
    return {
      pixels: new Uint8Array(0),
      shape: { batch: 0, frames, size: 1 },
      labels: [],
      stride: 1,
      clips: [],
      asked: [],
      release: () => seen.released.push(frames),
    }
  }
  return { read, seen }
}

describe('reading ahead', () => {
  test('keeps the order, whatever takes longest, and comes to an end', async () => {
    const { read } = fakeRead((frames) => (frames % 3 === 0 ? 20 : 1))
    const prefetch = new Prefetch(read, numbered(7), 3)
    const order: number[] = []
    for (let next = await prefetch.next(); next; next = await prefetch.next())
      order.push(next.batch.shape.frames)
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(await prefetch.next()).toBeUndefined()
  })

  test('goes no further than its depth while nobody takes', async () => {
    const { read, seen } = fakeRead(() => 1)
    const prefetch = new Prefetch(read, numbered(100), 3)
    await delay(30)
    expect(seen.started).toEqual([0, 1, 2])
    await prefetch.next()
    expect(seen.started).toEqual([0, 1, 2, 3])
    await prefetch.cancel()
  })

  test('tells how long the taker had to wait', async () => {
    const { read } = fakeRead((frames) => (frames === 0 ? 60 : 1))
    const prefetch = new Prefetch(read, numbered(2), 2)
    expect((await prefetch.next())!.waitSeconds).toBeGreaterThan(0.05)
    await delay(10)
    expect((await prefetch.next())!.waitSeconds).toBeLessThan(0.03)
  })

  test('cancelled, it drops what is ahead, gives ready batches back and ends a waiting next', async () => {
    const { read, seen } = fakeRead((frames) => (frames === 1 ? 1 : 10_000))
    const prefetch = new Prefetch(read, numbered(100), 3)
    await delay(20)
    const waiting = prefetch.next()
    await prefetch.cancel()
    expect(await waiting).toBeUndefined()
    expect(await prefetch.next()).toBeUndefined()
    expect(seen.released).toEqual([1])
  })

  test('an error waits for its turn and is thrown once', async () => {
    const { read } = fakeRead(() => 1)
    const prefetch = new Prefetch(read, numbered(15), 3)
    for (let frames = 0; frames < 13; frames++) await prefetch.next()
    await delay(20)
    await expect(prefetch.next()).rejects.toThrow('bad luck')
    expect((await prefetch.next())!.batch.shape.frames).toBe(14)
  })
})
