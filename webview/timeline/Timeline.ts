import type { RunView } from '../../src/protocol/view'
import { toggle } from '../controls'
import { el, setText } from '../dom'
import * as format from '../format'
import type { Theme } from '../theme'
import { curveLane } from './curves'
import { describe, eventTicks, tickNear } from './eventLane'
import { inputList } from './inputList'
import { canvasLane, gutter } from './Lane'
import type { Lane } from './Lane'
import { listen } from './gestures'
import { paintAxis } from './paintAxis'
import { editOf } from './edit'
import { paintEditedGrid } from './paintEdit'
import { paintEvents } from './paintEvents'
import { paintGrid } from './paintGrid'
import { paintInput } from './paintInput'
import { paintRate } from './paintRate'
import { phaseTable } from './phaseTable'
import { phaseAt, readouts } from './readout'
import { decimals, pan, rangeOf, showsAll, toEpoch, toPixel, zoom } from './scale'
import type { Limits, Range, View } from './scale'

export interface Timeline {
  readonly element: HTMLElement
  draw(run: RunView, theme: Theme): void
  dispose(): void
}

interface TimelineOptions {
  /** Where the eye was when the page was last open. */
  readonly view: View
  readonly onView: (view: View) => void
  /** Something here changed that asks for a new frame. */
  readonly onChange: () => void
}

/** The lanes over one axis, with the hands and keys that move it. */
export function createTimeline({ view: initial, onView, onChange }: TimelineOptions): Timeline {
  let view = initial
  let run: RunView | undefined
  let width = 0
  /** The epoch under the crosshair. */
  let cross: number | undefined

  const lanes = createLanes()
  const table = phaseTable()
  const waits = inputList()
  const where = el('span', 'timeline-where')
  const fit = toggle({
    label: 'Fit',
    title: 'Show the whole schedule (Home)',
    onClick: () => look({ at: 'fit' }),
  })
  const follow = toggle({ label: 'Follow', title: 'Keep now in sight (F)', onClick: () => followNow() })
  const crosshair = el('div', 'crosshair')
  const nowLine = el('div', 'now-line')
  const tooltip = el('div', 'tooltip')
  tooltip.setAttribute('role', 'tooltip')
  const surface = el('div', 'surface', nowLine, crosshair)
  surface.tabIndex = 0
  surface.setAttribute('role', 'application')
  surface.setAttribute('aria-roledescription', 'timeline')
  const stack = el('div', 'lanes', ...lanes.map(({ element }) => element), surface, tooltip)
  const head = el(
    'div',
    'timeline-head',
    el('h2', '', 'Timeline'),
    where,
    el('div', 'timeline-tools', fit.element, follow.element),
  )
  const element = el('section', 'timeline', head, stack, table.element, waits.element)

  const limits = (): Limits => limitsOf(run)
  const range = (): Range => rangeOf(view, limits(), run?.now?.epoch ?? 0)

  function look(next: View): void {
    view = next
    onView(view)
    onChange()
  }

  function free(next: Range): void {
    look(showsAll(next, limits()) ? { at: 'fit' } : { at: 'free', range: next })
  }

  function followNow(): void {
    const { start, end } = range()
    const { epochs } = limits()
    look({ at: 'follow', span: showsAll({ start, end }, limits()) ? epochs / 6 : end - start })
  }

  function point(at: number | undefined): void {
    cross = at
    onChange()
  }

  const gestures = listen(surface, {
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
      const from = cross ?? run?.now?.epoch ?? range().start
      const pixel = Math.min(width, Math.max(0, toPixel(range(), width, from) + pixels))
      point(toEpoch(range(), width, pixel))
    },
    crossPixel: () => (cross === undefined ? width / 2 : toPixel(range(), width, cross)),
    fit: () => look({ at: 'fit' }),
    follow: followNow,
    choose(pixel) {
      const phase = phaseAt(run?.plan, toEpoch(range(), width, pixel))
      if (view.at === 'fit' && phase) free({ start: phase.startEpoch, end: phase.endEpoch })
      else look({ at: 'fit' })
    },
  })

  const resized = new ResizeObserver(() => {
    width = Math.max(60, stack.clientWidth - gutter - 1)
    onChange()
  })
  resized.observe(stack)

  function drawTooltip(scene: { run: RunView; range: Range }): void {
    const tick =
      cross === undefined
        ? undefined
        : tickNear(eventTicks(scene.run.marks, scene.range, width), toPixel(scene.range, width, cross))
    tooltip.hidden = !tick
    if (!tick) return
    setText(tooltip, describe(tick))
    const left = Math.min(gutter + tick.x, gutter + width - tooltip.offsetWidth)
    tooltip.style.left = `${Math.max(0, left)}px`
  }

  return {
    element,
    draw(next, theme) {
      run = next
      if (width === 0) return
      const scene = { run, range: range(), width, theme }
      for (const lane of lanes) lane.draw(scene)
      const read = cross ?? run.now?.epoch
      if (read !== undefined) for (const lane of lanes) lane.read(run, read)
      setText(
        where,
        read === undefined ? '' : `epoch ${format.epoch(read, Math.max(1, decimals(scene.range, width)))}`,
      )
      place(crosshair, cross === undefined ? undefined : toPixel(scene.range, width, cross), width)
      place(nowLine, run.now && toPixel(scene.range, width, run.now.epoch), width)
      drawTooltip(scene)
      fit.update(view.at === 'fit')
      follow.update(view.at === 'follow')
      table.update(run)
      waits.update(run)
      surface.setAttribute('aria-label', label(scene.range))
    },
    dispose() {
      resized.disconnect()
      gestures.dispose()
      for (const lane of lanes) lane.dispose()
      element.remove()
    },
  }
}

function label({ start, end }: Range): string {
  const seen = `epochs ${format.epoch(start)} to ${format.epoch(end)}`
  return `Timeline, ${seen}. Arrows pan, plus and minus zoom, Home fits, F follows, Shift with arrows reads values. A table of the phases comes after it.`
}

function place(line: HTMLElement, x: number | undefined, width: number): void {
  line.hidden = x === undefined || x < 0 || x > width
  if (x !== undefined) line.style.transform = `translateX(${x.toFixed(1)}px)`
}

/** Three iterations are the closest look; before a plan there is one empty epoch. */
function limitsOf(run: RunView | undefined): Limits {
  const edit = run && editOf(run)
  const epochs = Math.max(1, run?.plan?.epochs ?? 1, edit?.plan.epochs ?? 1)
  const iterations = Math.max(1, run?.iterations ?? 1)
  return { epochs, narrowest: Math.min(epochs, Math.max((3 * epochs) / iterations, epochs / 1e6)) }
}

function createLanes(): Lane[] {
  const percent = (value: number) => format.percent(value)
  return [
    canvasLane({ title: 'Grid', height: 96, grows: true, readout: readouts.grid, paint: paintGrid }),
    canvasLane({
      title: 'Grid, edited',
      height: 64,
      grows: true,
      shows: (run) => editOf(run) !== undefined,
      readout: readouts.edited,
      paint: paintEditedGrid,
    }),
    canvasLane({ title: 'Learning rate', height: 52, grows: true, readout: readouts.rate, paint: paintRate }),
    curveLane({
      title: 'Loss',
      grows: true,
      height: 62,
      readout: readouts.loss,
      curve: ({ curves }) => curves.loss,
      point: ({ loss }) => loss,
      colour: ({ purple }) => purple,
      label: (value) => format.significant(value, 3),
      shows: ({ curves }) => curves.loss.epoch.length > 0,
    }),
    curveLane({
      title: 'Top-1',
      grows: true,
      height: 62,
      readout: readouts.top1,
      curve: ({ curves }) => curves.top1,
      point: ({ top1, map }) => map ?? top1,
      colour: ({ blue }) => blue,
      label: percent,
      ceiling: 1,
      fromZero: true,
      shows: ({ curves }) => curves.top1.epoch.length > 0,
    }),
    curveLane({
      title: 'Clips/s',
      grows: true,
      height: 52,
      readout: readouts.throughput,
      curve: ({ curves }) => curves.clipsPerSecond,
      colour: ({ green }) => green,
      label: (value) => format.speed(value),
      fromZero: true,
      shows: ({ curves }) => curves.clipsPerSecond.epoch.length > 0,
    }),
    canvasLane({
      title: '',
      height: 16,
      shows: ({ inputBound }) => inputBound.length > 0,
      readout: () => '',
      paint: paintInput,
    }),
    canvasLane({
      title: 'Events',
      height: 18,
      shows: ({ marks }) => marks.length > 0,
      readout: () => '',
      paint: paintEvents,
    }),
    canvasLane({ title: '', height: 20, readout: () => '', paint: paintAxis }),
  ]
}
