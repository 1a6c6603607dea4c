import type { ViewState } from '../../src/protocol/view'
import { button } from '../controls'
import { el, setText } from '../dom'
import type { Part } from '../dom'
import type { GlyphName } from '../glyph'
import type { Command } from '../runState'

/** What one sees before the first run: what there is to do, in order. */
export function emptyState(onCommand: (command: Command) => void): Part<ViewState> {
  const ask = (
    command: Command,
    label: string,
    title: string,
    look: { primary?: true; glyph?: GlyphName } = {},
  ) => button({ label, title, ...look, onClick: () => onCommand(command) })

  const steps = el(
    'ol',
    'steps',
    step(
      'Write a schedule',
      'A .multigrid.json file says which videos to train on, for how long, and how clips grow from small to full size.',
      ask('newSchedule', 'New Schedule', 'Create a schedule file with comments that explain it', {
        primary: true,
      }),
    ),
    step(
      'Install the runtime',
      'TensorFlow is put in a folder of yours, once, outside of the workspace.',
      ask('installRuntime', 'Install TensorFlow', 'Install the TensorFlow runtime for this machine'),
    ),
    step(
      'Start training',
      'It goes on when the window closes; this view finds it again.',
      ask('start', 'Start', 'Start training with a schedule', { glyph: 'play' }),
    ),
  )
  const teach = el(
    'div',
    '',
    el(
      'p',
      '',
      'Train video networks with multigrid: small clips in large batches first, full clips last. Three things to do:',
    ),
    steps,
  )

  const names = el('ul', 'schedules')
  const ready = el(
    'div',
    '',
    el('p', '', 'Ready to train with'),
    names,
    el(
      'div',
      'buttons',
      ask('start', 'Start', 'Start training with the schedule', { primary: true, glyph: 'play' }),
      ask('openSchedule', 'Open Schedule', 'Open the schedule file'),
      ask('installRuntime', 'Install TensorFlow', 'Install the TensorFlow runtime for this machine'),
    ),
  )
  const obstacle = el('p', 'notice')
  const element = el('section', 'empty', obstacle, teach, ready)
  return {
    element,
    update({ run, schedules, obstacle: sentence }) {
      element.hidden = run !== undefined && !sentence
      teach.hidden = run !== undefined || schedules.length > 0
      ready.hidden = run !== undefined || schedules.length === 0
      setText(obstacle, sentence ?? '')
      obstacle.hidden = !sentence
      names.replaceChildren(...schedules.map((name) => el('li', '', name)))
    },
  }
}

const step = (title: string, text: string, action: HTMLElement) =>
  el('li', '', el('strong', '', title), el('p', 'quiet', text), action)
