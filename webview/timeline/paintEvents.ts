import type { Mark } from '../../src/protocol/view'
import { css } from '../colour'
import type { Colour } from '../colour'
import type { Theme } from '../theme'
import type { Scene } from './Lane'
import { eventTicks } from './eventLane'

/** Corners of a mark's sign around its centre; several signs differ in form, not only in colour. */
const signs: Record<Mark['kind'], readonly (readonly (readonly [x: number, y: number])[])[]> = {
  checkpoint: [
    [
      [-3.5, -3],
      [3.5, -3],
      [0, 4],
    ],
  ],
  best: [
    [
      [0, -5],
      [5, 0],
      [0, 5],
      [-5, 0],
    ],
  ],
  held: [
    [
      [-3.5, -4],
      [-1, -4],
      [-1, 4],
      [-3.5, 4],
    ],
    [
      [1, -4],
      [3.5, -4],
      [3.5, 4],
      [1, 4],
    ],
  ],
  resumed: [
    [
      [-3, -4.5],
      [4, 0],
      [-3, 4.5],
    ],
  ],
  stopped: [
    [
      [-4, -4],
      [4, -4],
      [4, 4],
      [-4, 4],
    ],
  ],
  edit: [
    [
      [-4, 4],
      [-4, 1.5],
      [2, -4.5],
      [4.5, -2],
      [-1.5, 4],
    ],
  ],
  problem: [
    [
      [-1.5, -5],
      [1.5, -5],
      [0.9, 1.5],
      [-0.9, 1.5],
    ],
    [
      [-1.2, 3],
      [1.2, 3],
      [1.2, 5],
      [-1.2, 5],
    ],
  ],
}

const colours: Record<Mark['kind'], (theme: Theme) => Colour> = {
  checkpoint: ({ muted }) => muted,
  best: ({ green }) => green,
  held: ({ yellow }) => yellow,
  resumed: ({ green }) => green,
  stopped: ({ foreground }) => foreground,
  edit: ({ blue }) => blue,
  problem: ({ red }) => red,
}

export function paintEvents(
  pen: CanvasRenderingContext2D,
  { run, range, width, theme }: Scene,
  height: number,
): void {
  for (const { x, kind } of eventTicks(run.marks, range, width)) {
    pen.fillStyle = css(colours[kind](theme))
    for (const polygon of signs[kind]) {
      pen.beginPath()
      for (const [across, down] of polygon) pen.lineTo(x + across, height / 2 + down)
      pen.fill()
    }
  }
}
