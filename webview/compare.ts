import type { CompareAxis, CompareState, CompareToHost, HostToCompare } from '../src/protocol/compare'
import { axisChoice } from './compare/axisChoice'
import { axisOf, keptAxis } from './compare/axes'
import { createCharts } from './compare/Charts'
import { differenceTable } from './compare/differenceTable'
import { readingsTable } from './compare/readingsTable'
import { samplesTable } from './compare/samplesTable'
import { reduceComparison } from './compare/store'
import type { Comparison } from './compare/store'
import { el, setText } from './dom'
import { onThemeChange, readTheme } from './theme'

declare function acquireVsCodeApi(): {
  postMessage(message: CompareToHost): void
  getState(): unknown
  setState(state: CompareState): void
}

const host = acquireVsCodeApi()
let axis: CompareAxis = keptAxis(host.getState())
let state: Comparison | undefined
let theme = readTheme()
let asked = false

const axes = axisChoice((chosen) => {
  axis = chosen
  charts.fit()
  keep()
  redraw()
})
const charts = createCharts(redraw)
const readings = readingsTable()
const samples = samplesTable()
const differences = differenceTable()
const missing = el('p', 'notice')
const shown = el(
  'div',
  '',
  el('div', 'head', el('h2', '', 'Curves'), axes.element),
  readings.element,
  charts.element,
  samples.element,
  differences.element,
)
const page = el('main', '', missing, shown)
page.hidden = true
document.body.append(page)

window.addEventListener('message', ({ data }: MessageEvent<HostToCompare>) => {
  const before = state
  state = reduceComparison(state, data)
  if (!state) {
    // An update that came before the snapshot is in it.
    if (before) host.postMessage({ type: 'ready' })
    return
  }
  if (data.type === 'snapshot') keep()
  redraw()
})
onThemeChange(() => {
  theme = readTheme()
  redraw()
})
host.postMessage({ type: 'ready' })

/** For the editor, which hands it back after a reload. */
function keep(): void {
  const runs = state?.runs.map(({ id }) => id) ?? []
  if (runs.length > 0) host.setState({ runs, axis })
}

/** However many things change, one frame draws them. */
function redraw(): void {
  if (asked) return
  asked = true
  requestAnimationFrame(() => {
    asked = false
    if (state) draw(state)
  })
}

function draw({ runs, settings, missing: lost }: Comparison): void {
  page.hidden = false
  missing.hidden = lost.length === 0
  setText(missing, `No longer there: ${lost.join(', ')}.`)
  shown.hidden = runs.length === 0
  if (runs.length === 0) return
  axes.update(axis)
  differences.update({ runs, settings, theme })
  const scene = charts.draw(runs, axisOf(axis, runs), theme)
  if (!scene) return
  readings.update({ ...scene, cross: charts.cross })
  samples.update(scene)
}
