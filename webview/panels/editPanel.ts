import type { EditView, RunView } from '../../src/protocol/view'
import { button } from '../controls'
import { el, setText } from '../dom'
import type { Part } from '../dom'
import * as format from '../format'
import type { Command } from '../runState'
import { holdsFrom } from '../timeline/edit'
import { showParts } from './showParts'

const heads: Record<EditView['state'], string> = {
  proposed: 'The schedule was edited',
  refused: 'The edited schedule cannot hold',
  waits: 'The edited schedule is about to hold',
}

/** An edit of the schedule of a run that trains: what changes, from when, and what can be done about it. */
export function editPanel(onCommand: (command: Command) => void): Part<RunView> {
  const title = el('h2')
  const when = el('p', 'parts')
  const changes = el('ul', 'changes')
  const ask = (command: Command, label: string, help: string, primary = false) =>
    button({ label, title: help, primary, onClick: () => onCommand(command) })
  const apply = ask('applyEdit', 'Apply', 'Train by the edited schedule from there on', true)
  const undo = ask('withdrawEdit', 'Take Back', 'Go on by the schedule of now; the file stays as it is', true)
  const compare = ask('showEdit', 'Compare', 'Show the planned and the edited schedule side by side')
  const dismiss = ask('dismissEdit', 'Not Now', 'Show this no more until the schedule is saved again')
  const element = el(
    'section',
    'edit',
    title,
    when,
    changes,
    el('div', 'buttons', apply, undo, compare, dismiss),
  )
  let shown: EditView | undefined
  return {
    element,
    update(run) {
      const { edit } = run
      element.hidden = !edit
      if (!edit) return
      const words = whenWords(run, edit)
      showParts(when, words)
      if (edit === shown) return
      shown = edit
      setText(title, heads[edit.state])
      // Parts wrap between, a sentence within.
      when.className = edit.state === 'refused' ? '' : 'parts'
      changes.replaceChildren(...edit.changes.map((change) => el('li', '', change)))
      apply.hidden = edit.state !== 'proposed'
      undo.hidden = edit.state !== 'waits'
      compare.hidden = edit.state === 'refused'
      dismiss.hidden = edit.state === 'waits'
    },
  }
}

function whenWords(run: RunView, edit: EditView): string[] {
  if (edit.state === 'refused') return [edit.reason]
  const { outcome } = edit
  const fromEpoch = holdsFrom(run, edit)
  const at = Number.isInteger(edit.fromEpoch)
    ? `from epoch ${fromEpoch}`
    : `at once, from epoch ${format.epoch(fromEpoch)}`
  if (!outcome) return [at]
  const [before, after] = [format.duration(outcome.secondsLeftBefore), format.duration(outcome.secondsLeft)]
  return [at, before === after ? `${after} left as before` : `${before} left → ${after} left`]
}
