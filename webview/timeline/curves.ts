import uPlot from 'uplot'
import type { Curve, Evaluation, RunView } from '../../src/protocol/view'
import { css, mix } from '../colour'
import type { Colour } from '../colour'
import type { Theme } from '../theme'
import { gutter, laneFrame } from './Lane'
import type { Lane, LaneOptions, Scene } from './Lane'
import { toPixel } from './scale'
import { thin } from './thin'

export interface CurveOptions extends LaneOptions {
  readonly curve: (run: RunView) => Curve
  /** An evaluation's value in this lane; null where it has none. */
  readonly point?: (evaluation: Evaluation) => number | null
  readonly colour: (theme: Theme) => Colour
  /** Text of a tick beside the lane. */
  readonly label: (value: number) => string
  /** The top of the axis may not grow past this. */
  readonly ceiling?: number
  /** Starts at zero however high the values are. */
  readonly fromZero?: true
}

/** A curve drawn by uPlot: the band of extremes, the mean, and evaluations as points. */
export function curveLane(options: CurveOptions): Lane {
  const { element, body, read, fit } = laneFrame(options)
  let scene: Scene | undefined
  let plot: uPlot | undefined

  const create = (width: number, height: number): uPlot => {
    const colour = (share: number) => () =>
      scene ? css(mix(scene.theme.background, options.colour(scene.theme), share)) : ''
    const faint = () => (scene ? css(mix(scene.theme.background, scene.theme.muted, 0.2)) : '')
    return new uPlot(
      {
        width,
        height,
        padding: [7, 0, 6, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => (scene ? [scene.range.start, scene.range.end] : [0, 1]) },
          y: { range: (_, low, high) => yRange(low, high, options, scene) },
        },
        axes: [
          { show: false },
          {
            size: gutter,
            gap: 4,
            space: 20,
            ticks: { show: false },
            font: scene?.theme.font ?? '10px sans-serif',
            stroke: () => (scene ? css(scene.theme.muted) : ''),
            grid: { stroke: faint, width: 1 },
            values: (_, values) => values.map(options.label),
          },
        ],
        series: [
          {},
          { stroke: colour(0.45), width: 0.5, points: { show: false } },
          { stroke: colour(0.45), width: 0.5, points: { show: false } },
          { stroke: colour(1), width: 1.5, points: { show: false } },
        ],
        bands: [{ series: [2, 1], fill: colour(0.3) }],
        hooks: { draw: [(drawn) => scene && paintPoints(drawn, scene, options)] },
      },
      [[], [], [], []],
      body,
    )
  }

  return {
    element,
    read,
    draw(next) {
      scene = next
      element.hidden = options.shows?.(next.run) === false
      if (element.hidden) return
      const [width, height] = [next.width + gutter, fit(next.width)]
      plot ??= create(width, height)
      if (plot.width !== width || plot.height !== height) plot.setSize({ width, height })
      const { epoch, min, max, mean } = thin(options.curve(next.run), next.range, next.width)
      plot.setData([epoch, min, max, mean])
    },
    dispose() {
      plot?.destroy()
      element.remove()
    },
  }
}

/** From zero, or from a little under the lowest where zero is far away; wide enough for the evaluations too. */
function yRange(
  low: number | null,
  high: number | null,
  options: CurveOptions,
  scene?: Scene,
): [number, number] {
  const points = scene ? pointsOf(scene, options).map(({ value }) => value) : []
  const values = [low, high, ...points].filter((value): value is number => Number.isFinite(value))
  if (!values.length) return [0, options.ceiling ?? 1]
  const top = Math.max(...values)
  const bottom = Math.min(...values)
  const from = !options.fromZero && bottom > top / 2 ? bottom - (top - bottom || top) * 0.15 : 0
  return [Math.max(0, from), Math.min(options.ceiling ?? Infinity, top * 1.05 || 1)]
}

function pointsOf({ run }: Scene, { point }: CurveOptions): { epoch: number; value: number }[] {
  return run.evaluations.flatMap((evaluation) => {
    const value = point?.(evaluation) ?? null
    return value === null || !Number.isFinite(value) ? [] : [{ epoch: evaluation.epoch, value }]
  })
}

function paintPoints(plot: uPlot, scene: Scene, options: CurveOptions): void {
  const { ctx: pen } = plot
  const { left, top, width, height } = plot.bbox
  const ratio = width / scene.width
  pen.save()
  pen.beginPath()
  pen.rect(left, top - 4 * ratio, width, height + 8 * ratio)
  pen.clip()
  pen.fillStyle = css(scene.theme.foreground)
  pen.strokeStyle = css(scene.theme.background)
  pen.lineWidth = ratio
  for (const { epoch, value } of pointsOf(scene, options)) {
    pen.beginPath()
    pen.arc(
      left + toPixel(scene.range, width, epoch),
      plot.valToPos(value, 'y', true),
      2.75 * ratio,
      0,
      2 * Math.PI,
    )
    pen.fill()
    pen.stroke()
  }
  pen.restore()
}
