import type { HostToView, ViewState, ViewToHost } from '../src/protocol/view'
import { divider, registerControls } from './controls'
import { el } from './dom'
import { editPanel } from './panels/editPanel'
import { emptyState } from './panels/emptyState'
import { header } from './panels/header'
import { nowPanel } from './panels/nowPanel'
import { problemList } from './panels/problemList'
import { shapeTable } from './panels/shapeTable'
import { reduce } from './store'
import { onThemeChange, readTheme } from './theme'
import type { View } from './timeline/scale'
import { readView } from './timeline/readView'
import { createTimeline } from './timeline/Timeline'

declare function acquireVsCodeApi(): {
  postMessage(message: ViewToHost): void
  getState(): unknown
  setState(state: unknown): void
}

registerControls()
const host = acquireVsCodeApi()
const command = (word: Extract<ViewToHost, { type: 'command' }>['command']) =>
  host.postMessage({ type: 'command', command: word })

let state: ViewState | undefined
let theme = readTheme()
let asked = false

const top = header({ onCommand: command, onSelect: (run) => host.postMessage({ type: 'select', run }) })
const empty = emptyState(command)
const edit = editPanel(command)
const now = nowPanel(command)
const timeline = createTimeline({
  view: readView(host.getState()),
  onView: keep,
  onChange: redraw,
})
const shapes = shapeTable()
const problems = problemList(command)
const below = el('div', 'below', shapes.element, problems.element)
const ofRun = el('div', 'run', edit.element, now.element, divider(), timeline.element, below)
const page = el('main', '', top.element, empty.element, ofRun)
page.hidden = true
document.body.append(page)

window.addEventListener('message', ({ data }: MessageEvent<HostToView>) => {
  state = reduce(state, data)
  if (data.type === 'snapshot' && data.state.keep !== undefined) keep()
  if (state) redraw()
  else host.postMessage({ type: 'ready' })
})
onThemeChange(() => {
  theme = readTheme()
  redraw()
})
host.postMessage({ type: 'ready' })

/** Over a reload: where the eye was, and what the host asked to keep. */
function keep(view: View = readView(host.getState())): void {
  host.setState({ ...view, ...(state?.keep !== undefined && { keep: state.keep }) })
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

function draw(seen: ViewState): void {
  const { run } = seen
  page.hidden = false
  top.update(seen)
  empty.update(seen)
  top.element.hidden = !run
  ofRun.hidden = !run
  if (!run) return
  edit.update(run)
  now.update(run)
  shapes.update(run)
  problems.update(run)
  timeline.element.hidden = !run.plan
  if (run.plan) timeline.draw(run, theme)
}
