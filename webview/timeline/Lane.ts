import type { RunView } from '../../src/protocol/view'
import { el, setText } from '../dom'
import type { Theme } from '../theme'
import type { Range } from './scale'
import { prepare } from './surface'

/** Everything a lane needs to draw itself; `width` is that of the axis, in CSS pixels. */
export interface Scene {
  readonly run: RunView
  readonly range: Range
  readonly width: number
  readonly theme: Theme
}

/** A strip of the timeline with a line of words above it. */
export interface Lane {
  readonly element: HTMLElement
  draw(scene: Scene): void
  /** Writes the lane's exact values at an epoch beside its title. */
  read(run: RunView, epoch: number): void
  dispose(): void
}

/** Left of the axis, for what is written beside a lane. */
export const gutter = 34

export interface LaneOptions {
  readonly title: string
  readonly height: number
  /** Taller where the timeline is wide. */
  readonly grows?: true
  /** False while there is nothing to show: the lane then takes no room. */
  readonly shows?: (run: RunView) => boolean
  readonly readout: (run: RunView, epoch: number) => string
}

const roomy = 560

/** The frame that all lanes share: title, readout, and a body to draw in; `fit` gives it its height. */
export function laneFrame({ title, height, grows, readout }: LaneOptions) {
  const said = el('span', 'lane-readout')
  const body = el('div', 'lane-body')
  const element = el('div', 'lane', el('div', 'lane-head', el('span', 'lane-title', title), said), body)
  const read = (run: RunView, epoch: number) => setText(said, readout(run, epoch))
  const fit = (width: number): number => {
    const fitted = grows && width >= roomy ? Math.round(height * 1.5) : height
    body.style.height = `${fitted}px`
    return fitted
  }
  return { element, body, read, fit }
}

interface CanvasOptions extends LaneOptions {
  /** Draws with x = 0 at the start of the axis; the gutter is at negative x. */
  readonly paint: (pen: CanvasRenderingContext2D, scene: Scene, height: number) => void
}

/** A lane that we paint ourselves. */
export function canvasLane(options: CanvasOptions): Lane {
  const { element, body, read, fit } = laneFrame(options)
  const canvas = el('canvas')
  canvas.setAttribute('aria-hidden', 'true')
  body.append(canvas)
  return {
    element,
    read,
    draw(scene) {
      element.hidden = options.shows?.(scene.run) === false
      if (element.hidden) return
      const height = fit(scene.width)
      const pen = prepare(canvas, scene.width + gutter, height)
      pen.font = scene.theme.font
      pen.translate(gutter, 0)
      options.paint(pen, scene, height)
    },
    dispose: () => element.remove(),
  }
}
