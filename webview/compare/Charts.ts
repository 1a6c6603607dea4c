import type { ComparedRun } from '../../src/protocol/compare'
import { el, setText } from '../dom'
import * as format from '../format'
import type { Theme } from '../theme'
import { listen } from '../timeline/gestures'
import { gutter } from '../timeline/Lane'
import { paintTicks } from '../timeline/paintAxis'
import { pan, rangeOf, showsAll, toEpoch, toPixel, zoom } from '../timeline/scale'
import type { Limits, Range, View } from '../timeline/scale'
import { prepare } from '../timeline/surface'
import { placeWords } from './axes'
import type { Axis } from './axes'
import { compareChart } from './compareChart'
import type { CompareChart, CompareScene } from './compareChart'
import { labelsOf } from './looks'
import { readingsOf } from './readings'

const axisHeight = 20

export interface Charts {
  readonly element: HTMLElement
  /** Under the crosshair, on the axis; undefined without one. */
  readonly cross: number | undefined
  /** Undefined before the page has a width. */
  draw(runs: readonly ComparedRun[], axis: Axis, theme: Theme): CompareScene | undefined
  /** Looks at all of it again: another axis has other numbers. */
  fit(): void
}

/** The charts over one axis, with the hands and keys that move it. */
export function createCharts(onChange: () => void): Charts {
  let view: View = { at: 'fit' }
  let runs: readonly ComparedRun[] = []
  let axis: Axis = { key: 'epoch', unit: 'epoch', per: 1, end: 1 }
  let width = 0
  let cross: number | undefined

  const charts = chartsOf()
  const ticks = el('canvas')
  ticks.setAttribute('aria-hidden', 'true')
  const crosshair = el('div', 'crosshair')
  const surface = el('div', 'surface', crosshair)
  surface.tabIndex = 0
  surface.setAttribute('role', 'application')
  surface.setAttribute('aria-roledescription', 'curves')
  const spoken = el('div', 'spoken')
  spoken.setAttribute('role', 'status')
  const stack = el('div', 'lanes', ...charts.map(({ element }) => element), ticks, surface)

  const limits = (): Limits => ({ epochs: axis.end, narrowest: axis.end / 1000 })
  const range = (): Range => rangeOf(view, limits(), axis.end)

  function look(next: View): void {
    view = next
    onChange()
  }

  function free(next: Range): void {
    look(showsAll(next, limits()) ? { at: 'fit' } : { at: 'free', range: next })
  }

  function point(at: number | undefined): void {
    cross = at
    onChange()
  }

  listen(surface, {
    width: () => width,
    zoom(pixel, factor) {
      const before = range()
      const next = zoom(before, toEpoch(before, width, pixel), factor, limits())
      if (next.start === before.start && next.end === before.end) return false
      free(next)
      return true
    },
    pan: (pixels) => free(pan(range(), ((range().end - range().start) * pixels) / width, limits())),
    point: (pixel) => point(pixel === undefined ? undefined : toEpoch(range(), width, pixel)),
    step(pixels) {
      const from = cross ?? range().end
      const pixel = Math.min(width, Math.max(0, toPixel(range(), width, from) + pixels))
      const x = toEpoch(range(), width, pixel)
      point(x)
      setText(spoken, wordsAt(runs, axis, x))
    },
    crossPixel: () => (cross === undefined ? width / 2 : toPixel(range(), width, cross)),
    fit: () => look({ at: 'fit' }),
    follow: () => look({ at: 'fit' }),
    choose: () => look({ at: 'fit' }),
  })

  new ResizeObserver(() => {
    width = Math.max(60, stack.clientWidth - gutter - 1)
    onChange()
  }).observe(stack)

  return {
    element: el('div', '', stack, spoken),
    get cross() {
      return cross
    },
    draw(next, over, theme) {
      runs = next
      axis = over
      if (width === 0) return undefined
      const scene = { runs, axis, range: range(), width, theme }
      for (const chart of charts) chart.draw(scene)
      const pen = prepare(ticks, width + gutter, axisHeight)
      pen.font = theme.font
      pen.translate(gutter, 0)
      paintTicks(pen, scene, axis.unit)
      const x = cross === undefined ? undefined : toPixel(scene.range, width, cross)
      crosshair.hidden = x === undefined || x < 0 || x > width
      if (x !== undefined) crosshair.style.transform = `translateX(${x.toFixed(1)}px)`
      surface.setAttribute('aria-label', label(scene))
      return scene
    },
    fit() {
      view = { at: 'fit' }
      cross = undefined
    },
  }
}

function label({ runs, axis, range: { start, end } }: CompareScene): string {
  const seen = `from ${placeWords(axis, start)} to ${placeWords(axis, end)}`
  return `Curves of ${runs.length} runs, ${seen}. Arrows pan, plus and minus zoom, Home fits, Shift with arrows reads values. A table of values comes after it.`
}

/** What is heard when the crosshair is moved by keys: the place, and each run's loss and accuracy. */
function wordsAt(runs: readonly ComparedRun[], axis: Axis, x: number): string {
  const labels = labelsOf(runs)
  const said = runs.map((run, index) => {
    const [loss, top1] = readingsOf(run, axis, x)
    return `${labels[index]!}: loss ${loss!}, top-1 ${top1!}`
  })
  return [placeWords(axis, x), ...said].join('. ')
}

function chartsOf(): CompareChart[] {
  return [
    compareChart({
      title: 'Loss',
      height: 170,
      curve: 'loss',
      point: ({ loss }) => loss,
      label: (value) => format.significant(value, 3),
    }),
    compareChart({
      title: 'Top-1 (mAP where a run has one)',
      height: 170,
      curve: 'top1',
      point: ({ top1, map }) => map ?? top1,
      label: (value) => format.percent(value),
      ceiling: 1,
      fromZero: true,
    }),
    compareChart({
      title: 'Learning rate',
      height: 90,
      curve: 'lr',
      label: (value) => format.significant(value, 2),
      fromZero: true,
    }),
    compareChart({
      title: 'Clips/s',
      height: 90,
      curve: 'clipsPerSecond',
      label: (value) => format.speed(value),
      fromZero: true,
    }),
  ]
}
