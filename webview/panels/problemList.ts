import type { RunView } from '../../src/protocol/view'
import { button } from '../controls'
import { el, setText } from '../dom'
import type { Part } from '../dom'
import * as format from '../format'
import type { Command } from '../runState'

/** The last problems, newest first. */
export function problemList(onCommand: (command: Command) => void): Part<RunView> {
  const title = el('h2')
  const list = el('ul', 'problems')
  const log = button({
    label: 'Open Log',
    title: 'Show what the trainer wrote',
    onClick: () => onCommand('openLog'),
  })
  const element = el('section', '', title, list, log)
  let shown: RunView['problems'] | undefined
  return {
    element,
    update({ problems, problemCount }) {
      element.hidden = problems.length === 0
      if (problems === shown) return
      shown = problems
      setText(
        title,
        problemCount > problems.length
          ? `Problems (the last ${problems.length} of ${format.count(problemCount)})`
          : 'Problems',
      )
      const items = problems.map(({ time, message }) =>
        el('li', '', el('time', 'quiet', format.clock(time)), el('span', '', message)),
      )
      list.replaceChildren(...items.reverse())
    },
  }
}
