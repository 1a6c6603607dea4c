import { pixels } from '../schedule/work'
import type { Phase } from '../schedule/plan'
import type { ClipBatch } from '../data/reader'
import { shapeKey } from './Forecaster'
import type { NetworkLearner } from './NetworkLearner'

export interface TimingOptions {
  readonly phases: readonly Phase[]
  readonly learner: Pick<NetworkLearner, 'rehearse'>
  /** Called between steps, so that a client can end the start. */
  readonly breathe: () => Promise<void>
  readonly now: () => number
}

/** Seconds per step of every distinct shape that is still to come, on noise: two steps each, of which the faster one counts. */
export async function timeShapes({
  phases,
  learner,
  breathe,
  now,
}: TimingOptions): Promise<Map<string, { pixels: number; seconds: number }>> {
  const timed = new Map<string, { pixels: number; seconds: number }>()
  for (const phase of phases) {
    for (const shape of phase.shapes) {
      if (timed.has(shapeKey(shape))) continue
      let fastest = Infinity
      for (let turn = 0; turn < 2; turn++) {
        await breathe()
        const began = now()
        await learner.rehearse(noise(shape), phase)
        fastest = Math.min(fastest, (now() - began) / 1000)
      }
      timed.set(shapeKey(shape), { pixels: pixels(shape), seconds: fastest })
    }
  }
  return timed
}

/** Clips of the shape that show nothing, all of class 0: only their cost is of interest. */
export function noise(shape: { batch: number; frames: number; size: number }): ClipBatch {
  const { batch, frames, size } = shape
  const bytes = new Uint8Array(batch * frames * size * size * 3)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 2_654_435_761) >>> 24
  return {
    pixels: bytes,
    shape,
    labels: Array.from({ length: batch }, () => [0]),
    stride: 1,
    clips: [],
    asked: [],
    release: () => undefined,
  }
}
