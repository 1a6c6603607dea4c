import type { ComparedRun, SettingRow } from '../../src/protocol/compare'
import { css } from '../colour'
import { el, setText } from '../dom'
import type { Part } from '../dom'
import * as format from '../format'
import { wordsOf } from '../runState'
import type { Theme } from '../theme'
import { labelsOf, lookAt } from './looks'
import { swatch } from './swatch'

interface Differences {
  readonly runs: readonly ComparedRun[]
  readonly settings: readonly SettingRow[]
  readonly theme: Theme
}

/** What came out of each run, and the settings in which they differ: a column a run. */
export function differenceTable(): Part<Differences> {
  const head = el('tr')
  const rows = el('tbody')
  const note = el('p', 'quiet')
  const element = el(
    'section',
    '',
    el('h2', '', 'Outcome and settings that differ'),
    el('div', 'scrolls', el('table', 'differences', el('thead', '', head), rows)),
    note,
  )
  let shown = ''
  return {
    element,
    update({ runs, settings, theme }) {
      const lines = [...outcomeRows(runs), ...settings.map(({ key, values }) => [key, ...values])]
      const names = labelsOf(runs).map((label, index) => ({ label, look: lookAt(index, theme) }))
      const now = JSON.stringify([lines, names])
      if (now === shown) return
      shown = now
      head.replaceChildren(
        el('td'),
        ...names.map(({ label, look }) => {
          const cell = el('th', 'run-label', swatch(css(look.colour), look.dash), label)
          cell.scope = 'col'
          return cell
        }),
      )
      rows.replaceChildren(
        ...lines.map(([key = '', ...values], index) => {
          const name = el('th', index < outcomeNames.length ? '' : 'setting', key)
          name.scope = 'row'
          return el('tr', '', name, ...values.map((value) => el('td', '', value)))
        }),
      )
      setText(note, settings.length > 0 || runs.length < 2 ? '' : 'All settings are the same.')
    },
  }
}

const outcomeNames = ['Best', 'Trained for', 'Epochs', 'Iterations', 'Engine', 'State', 'Started']

/** A line for each of `outcomeNames`. */
export function outcomeRows(runs: readonly ComparedRun[]): string[][] {
  const columns = runs.map(({ facts, created, reading }) => [
    bestWords(facts.best),
    format.duration(facts.seconds),
    `${format.epoch(facts.epoch)} of ${format.count(facts.epochs)}`,
    `${format.count(facts.iteration)} of ${format.count(facts.iterations)}`,
    facts.engine || format.nothing,
    reading ? 'Being read…' : wordsOf(facts.state),
    created,
  ])
  return outcomeNames.map((name, index) => [name, ...columns.map((column) => column[index]!)])
}

function bestWords(best: ComparedRun['facts']['best']): string {
  if (!best) return format.nothing
  return best.map === undefined
    ? `top-1 ${format.percent(best.top1, 1)}`
    : `mAP ${format.percent(best.map, 1)}`
}
