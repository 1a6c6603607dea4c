import uPlot from 'uplot'
import type { ComparedEvaluation, ComparedRun } from '../../src/protocol/compare'
import type { CurveName } from '../../src/protocol/view'
import { css } from '../colour'
import type { Colour } from '../colour'
import { el } from '../dom'
import type { Theme } from '../theme'
import { gutter } from '../timeline/Lane'
import { toPixel } from '../timeline/scale'
import type { Range } from '../timeline/scale'
import { thin } from '../timeline/thin'
import { along, placeOn } from './axes'
import type { Axis } from './axes'
import { lookAt } from './looks'

/** Everything a chart needs to draw itself; `width` is that of the axis, in CSS pixels. */
export interface CompareScene {
  readonly runs: readonly ComparedRun[]
  readonly axis: Axis
  readonly range: Range
  readonly width: number
  readonly theme: Theme
}

export interface CompareChart {
  readonly element: HTMLElement
  draw(scene: CompareScene): void
  dispose(): void
}

interface ChartOptions {
  readonly title: string
  readonly height: number
  readonly curve: CurveName
  /** An evaluation's value in this chart; null where it has none. */
  readonly point?: (evaluation: ComparedEvaluation) => number | null
  readonly label: (value: number) => string
  readonly fromZero?: true
  readonly ceiling?: number
}

/** Extremes of a curve are a faint band, so that other curves show through it. */
const bandAlpha = 0.13

/** One quantity of all runs over one another; evaluations are points. */
export function compareChart(options: ChartOptions): CompareChart {
  const body = el('div', 'lane-body')
  const element = el('div', 'lane', el('div', 'lane-head', el('span', 'lane-title', options.title)), body)
  let scene: CompareScene | undefined
  let plot: uPlot | undefined
  let drawn = 0

  const create = ({ runs, theme, width }: CompareScene): uPlot => {
    const muted = () => (scene ? css(scene.theme.muted) : '')
    const faint = () => (scene ? faded(scene.theme.muted, 0.2) : '')
    const colour = (index: number, alpha: number) => () =>
      scene ? faded(lookAt(index, scene.theme).colour, alpha) : ''
    const edge = (index: number): uPlot.Series => ({
      stroke: colour(index, bandAlpha),
      width: 0.5,
      points: { show: false },
    })
    return new uPlot(
      {
        width: width + gutter,
        height: options.height,
        padding: [7, 0, 6, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => (scene ? [scene.range.start, scene.range.end] : [0, 1]) },
          y: { range: (_, low, high) => yRange([low, high, ...pointValues(scene, options)], options) },
        },
        axes: [
          { show: false },
          {
            size: gutter,
            gap: 4,
            space: 24,
            ticks: { show: false },
            font: theme.font,
            stroke: muted,
            grid: { stroke: faint, width: 1 },
            values: (_, values) => values.map(options.label),
          },
        ],
        series: [
          {},
          ...runs.flatMap((_, index) => [
            edge(index),
            edge(index),
            {
              stroke: colour(index, 1),
              width: 1.75,
              dash: [...lookAt(index, theme).dash],
              points: { show: false },
            },
          ]),
        ],
        bands: runs.map((_, index) => ({
          series: [3 * index + 2, 3 * index + 1] as [number, number],
          fill: colour(index, bandAlpha),
        })),
        hooks: { draw: [(plotted) => scene && paintPoints(plotted, scene, options)] },
      },
      [[], ...runs.flatMap(() => [[], [], []])] as unknown as uPlot.AlignedData,
      body,
    )
  }

  return {
    element,
    draw(next) {
      scene = next
      body.style.height = `${options.height}px`
      if (plot && drawn !== next.runs.length) {
        plot.destroy()
        plot = undefined
      }
      drawn = next.runs.length
      if (drawn === 0) return
      plot ??= create(next)
      if (plot.width !== next.width + gutter)
        plot.setSize({ width: next.width + gutter, height: options.height })
      plot.setData(joined(next, options.curve))
    },
    dispose() {
      plot?.destroy()
      element.remove()
    },
  }
}

/** Each run has places of its own on the axis; where another has one, it is passed over, not broken. */
function joined({ runs, axis, range, width }: CompareScene, name: CurveName): uPlot.AlignedData {
  const tables = runs.map(({ curves }): uPlot.AlignedData => {
    const { epoch, min, max, mean } = thin(along(curves[name], axis), range, width)
    return [epoch, min, max, mean]
  })
  return uPlot.join(tables)
}

function pointsOf({ runs, axis }: CompareScene, { point }: ChartOptions) {
  return runs.flatMap(({ facts }, index) =>
    facts.evaluations.flatMap((evaluation) => {
      const value = point?.(evaluation) ?? null
      return value === null || !Number.isFinite(value) ? [] : [{ index, x: placeOn(axis, evaluation), value }]
    }),
  )
}

const pointValues = (scene: CompareScene | undefined, options: ChartOptions) =>
  scene ? pointsOf(scene, options).map(({ value }) => value) : []

/** From zero, or from a little under the lowest where zero is far away. */
function yRange(
  candidates: readonly (number | null)[],
  { fromZero, ceiling }: ChartOptions,
): [number, number] {
  const values = candidates.filter((value): value is number => Number.isFinite(value))
  if (values.length === 0) return [0, ceiling ?? 1]
  const [bottom, top] = [Math.min(...values), Math.max(...values)]
  const from = !fromZero && bottom > top / 2 ? bottom - (top - bottom || top) * 0.15 : 0
  return [Math.max(0, from), Math.min(ceiling ?? Infinity, top * 1.05 || 1)]
}

function paintPoints(plot: uPlot, scene: CompareScene, options: ChartOptions): void {
  const { ctx: pen } = plot
  const { left, top, width, height } = plot.bbox
  const ratio = width / scene.width
  pen.save()
  pen.beginPath()
  pen.rect(left, top - 4 * ratio, width, height + 8 * ratio)
  pen.clip()
  pen.strokeStyle = css(scene.theme.background)
  pen.lineWidth = ratio
  for (const { index, x, value } of pointsOf(scene, options)) {
    pen.fillStyle = css(lookAt(index, scene.theme).colour)
    pen.beginPath()
    const across = left + toPixel(scene.range, width, x)
    pen.arc(across, plot.valToPos(value, 'y', true), 3 * ratio, 0, 2 * Math.PI)
    pen.fill()
    pen.stroke()
  }
  pen.restore()
}

const faded = ([red, green, blue]: Colour, alpha: number) => `rgba(${red}, ${green}, ${blue}, ${alpha})`
