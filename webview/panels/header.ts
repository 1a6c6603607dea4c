import type { RunView, ViewState } from '../../src/protocol/view'
import { button, dropdown, progressRing } from '../controls'
import { el, setText } from '../dom'
import type { Part } from '../dom'
import { glyph } from '../glyph'
import * as format from '../format'
import { isPlanned, lookOf, wordsOf } from '../runState'
import type { Action, Command } from '../runState'

interface HeaderOptions {
  readonly onCommand: (command: Command) => void
  readonly onSelect: (run: string) => void
}

/** Which run, how it is, and what can be done with it. */
export function header({ onCommand, onSelect }: HeaderOptions): Part<ViewState> {
  const runs = dropdown('Run', onSelect)
  const sign = el('span', 'sign')
  const name = el('span', 'run-name')
  const words = el('span', 'state-words')
  const reason = el('p', 'reason')
  const buttons = el('div', 'buttons')
  buttons.setAttribute('role', 'group')
  buttons.setAttribute('aria-label', 'What to do with the run')
  const spoken = el('div', 'spoken')
  spoken.setAttribute('role', 'status')
  spoken.setAttribute('aria-live', 'polite')
  let shown = ''
  /** The hand was on a button that went away; the next buttons take it over. */
  let focused = false

  const showState = (run: RunView, preview: boolean) => {
    const look = lookOf(run)
    if (shown === look.words) return
    shown = look.words
    sign.className = `sign ${look.tone}`
    sign.replaceChildren(look.glyph === 'busy' ? progressRing() : glyph(look.glyph))
    setText(words, look.words)
    focused ||= buttons.contains(document.activeElement)
    const next = look.actions
      .filter(({ command }) => !preview || command === 'start')
      .map((action) => actionButton(action, onCommand))
    buttons.replaceChildren(...next)
    buttons.hidden = next.length === 0
    if (focused && next[0]) {
      next[0].focus()
      focused = false
    }
  }

  return {
    element: el('header', '', runs.element, el('div', 'state', sign, words, name), reason, buttons, spoken),
    update({ runs: all, run, keep }) {
      runs.element.hidden = all.length < 2
      runs.update({
        selected: run?.id ?? '',
        options: all.map(({ id, name, state, created }) => ({
          value: id,
          text: runText(name, format.moment(created), wordsOf(state)),
        })),
      })
      if (!run) return
      showState(run, keep !== undefined)
      setText(name, run.name)
      name.title = run.name
      name.hidden = all.length > 1
      setText(reason, run.reason)
      reason.hidden = !run.reason
      setText(
        spoken,
        [run.name, lookOf(run).words, isPlanned(run) ? '' : run.reason].filter(Boolean).join('. '),
      )
    },
  }
}

const actionButton = (action: Action, onCommand: (command: Command) => void) =>
  button({ ...action, primary: action.primary ?? false, onClick: () => onCommand(action.command) })

const runText = (...parts: string[]) => parts.filter(Boolean).join(' · ')
