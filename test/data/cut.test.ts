import { describe, expect, test } from 'vitest'
import { cut, momentsOf } from '../../src/data/cut'
import type { Frames } from '../../src/data/cut'
import { evaluationSample, evaluationViews } from '../../src/data/sampling'
import type { Sample } from '../../src/data/sampling'

/** Red tells the column, green the row, blue the frame. */
function gradient(count: number, width: number, height: number): Frames {
  const pixels = new Uint8Array(count * width * height * 3)
  let at = 0
  for (let frame = 0; frame < count; frame++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        pixels[at++] = column * 8
        pixels[at++] = row * 8
        pixels[at++] = frame
      }
    }
  }
  return { pixels, count, width, height }
}

function cutSample(video: Frames, change: Partial<Sample>, frames: number, size: number): Uint8Array {
  const sample = { ...evaluationSample({ clip: 0, stride: 1, shortSide: size }), ...change }
  const out = new Uint8Array(frames * size * size * 3)
  cut({ video, sample, order: momentsOf(sample, frames, video.count), size, out })
  return out
}

const at = (out: Uint8Array, size: number, frame: number, row: number, column: number) => [
  ...out.subarray(((frame * size + row) * size + column) * 3).subarray(0, 3),
]

describe('cutting a sample', () => {
  test('at the size it has copies pixels exactly', () => {
    const out = cutSample(gradient(4, 20, 12), { start: 0.999, crop: { kind: 'at', x: 0.999, y: 0 } }, 2, 12)
    expect(at(out, 12, 0, 0, 0)).toEqual([64, 0, 2])
    expect(at(out, 12, 1, 11, 11)).toEqual([152, 88, 3])
  })

  test('mirrors left to right only', () => {
    const video = gradient(1, 12, 12)
    const [straight, mirrored] = [cutSample(video, {}, 1, 12), cutSample(video, { flip: true }, 1, 12)]
    for (let column = 0; column < 12; column++) {
      expect(at(mirrored, 12, 0, 3, column)).toEqual(at(straight, 12, 0, 3, 11 - column))
    }
  })

  test('scales by pixel centres: twice as large, a pixel lies a quarter from its source', () => {
    const out = cutSample(gradient(1, 16, 16), { shortSide: 32 }, 1, 32)
    expect(at(out, 32, 0, 0, 0)).toEqual([0, 0, 0])
    expect(at(out, 32, 0, 10, 9)).toEqual([34, 38, 0])
    expect(at(out, 32, 0, 31, 31)).toEqual([120, 120, 0])
  })

  test('half as large averages neighbours', () => {
    expect(at(cutSample(gradient(1, 16, 16), { shortSide: 8 }, 1, 8), 8, 0, 2, 3)).toEqual([52, 36, 0])
  })

  test('takes the middle of a wide video in evaluation', () => {
    const out = cutSample(gradient(1, 30, 10), {}, 1, 10)
    expect(at(out, 10, 0, 0, 0)[0]).toBe(80)
  })

  test.each([
    ['wide', 30, 10],
    ['tall', 10, 30],
  ])('along the longer side of a %s video goes from end to end, in the middle of the shorter', (_, w, h) => {
    const video = gradient(1, w, h)
    const corners = evaluationViews({ views: 1, crops: 3 }).map(({ place }) => {
      const out = cutSample(video, { shortSide: 10, crop: { kind: 'along', place } }, 1, 8)
      const [column, row] = at(out, 8, 0, 0, 0).map((value) => value / 8)
      return w > h ? [column, row] : [row, column]
    })
    expect(corners).toEqual([
      [0, 1],
      [11, 1],
      [22, 1],
    ])
  })

  test('shows frames a stride apart', () => {
    const out = cutSample(gradient(30, 8, 8), { stride: 3, start: 0 }, 5, 8)
    expect([0, 1, 2, 3, 4].map((frame) => at(out, 8, frame, 0, 0)[2])).toEqual([0, 3, 6, 9, 12])
  })

  test('repeats the end of a video shorter than 32 frames at stride 2, as the reference does', () => {
    const out = cutSample(gradient(40, 8, 8), { stride: 2, start: 0.9 }, 32, 8)
    const shown = Array.from({ length: 32 }, (_, frame) => at(out, 8, frame, 0, 0)[2])
    expect(shown).toEqual(Array.from({ length: 32 }, (_, frame) => Math.min(2 * frame, 39)))
  })
})

describe('the first frame', () => {
  const sample = (start: number) => ({ ...evaluationSample({ clip: 0, stride: 2, shortSide: 8 }), start })

  test('reaches from the first to the last place where the sample fits', () => {
    expect([...momentsOf(sample(0), 4, 10)]).toEqual([0, 2, 4, 6])
    expect([...momentsOf(sample(0.9999), 4, 10)]).toEqual([3, 5, 7, 9])
  })

  test('is 0 where it fits nowhere', () => {
    expect([...momentsOf(sample(0.9999), 8, 10)]).toEqual([0, 2, 4, 6, 8, 9, 9, 9])
  })
})
