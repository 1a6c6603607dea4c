import type { DoctorAction, DoctorRow, DoctorToHost, HostToDoctor } from '../src/protocol/doctorPage'
import { el, setAttribute, setText } from './dom'
import type { Part } from './dom'

declare function acquireVsCodeApi(): {
  postMessage: (message: DoctorToHost) => void
  setState: (state: object) => void
}

const host = acquireVsCodeApi()
// A page without a state is not opened again after a reload.
host.setState({})

const marks = { checking: '…', ok: '✓', warning: '!', missing: '✗' } as const

const summary = document.querySelector<HTMLElement>('#summary')!
const list = document.querySelector<HTMLElement>('#rows')!
const rows = new Map<string, Part<DoctorRow>>()

window.addEventListener('message', ({ data }: MessageEvent<HostToDoctor>) => {
  setText(summary, data.summary)
  for (const row of data.rows) {
    const part = rows.get(row.id) ?? append(row.id)
    part.update(row)
  }
})

document.addEventListener('click', ({ target }) => {
  const action = target instanceof HTMLElement ? target.dataset['action'] : undefined
  if (action !== undefined) host.postMessage({ type: 'act', action: action as DoctorAction })
})

host.postMessage({ type: 'ready' })

function append(id: string): Part<DoctorRow> {
  const part = rowPart()
  rows.set(id, part)
  list.append(part.element)
  return part
}

function rowPart(): Part<DoctorRow> {
  const name = el('h2')
  const mark = el('span', 'mark')
  mark.setAttribute('aria-hidden', 'true')
  const word = el('span')
  const detail = el('p', 'detail')
  const meaning = el('p', 'meaning')
  const actions = el('div', 'actions')
  const element = el(
    'li',
    '',
    el('div', 'head', name, el('span', 'status', mark, word)),
    detail,
    meaning,
    actions,
  )
  return {
    element,
    update(row) {
      setAttribute(element, 'class', row.status)
      setAttribute(element, 'aria-busy', String(row.status === 'checking'))
      setText(name, row.name)
      setText(mark, marks[row.status])
      setText(word, row.word)
      setText(detail, row.detail)
      setText(meaning, row.meaning)
      // Buttons that stay the same stay the same elements, so that the focus does.
      const wanted = row.actions.map(({ action }) => action)
      for (const child of Array.from(actions.children) as HTMLElement[]) {
        if (!wanted.includes(child.dataset['action'] as DoctorAction)) child.remove()
      }
      for (const { action, label } of row.actions) {
        const there = actions.querySelector<HTMLElement>(`[data-action="${action}"]`)
        const button = there ?? actions.appendChild(el('button'))
        button.dataset['action'] = action
        setAttribute(button, 'type', 'button')
        setText(button, label)
      }
    },
  }
}
