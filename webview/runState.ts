import type { RunPhase, RunView, ViewToHost } from '../src/protocol/view'
import type { GlyphName } from './glyph'

export type Command = Extract<ViewToHost, { type: 'command' }>['command']

/** A button that makes sense now; the first is the likeliest. */
export interface Action {
  readonly command: Command
  readonly label: string
  readonly title: string
  readonly glyph?: GlyphName
  readonly primary?: true
}

const start: Action = {
  command: 'start',
  label: 'Start',
  title: 'Start training with the schedule',
  glyph: 'play',
  primary: true,
}
const again: Action = {
  command: 'start',
  label: 'Start New Run',
  title: 'Start the schedule from the beginning',
  glyph: 'play',
}
const resume: Action = {
  command: 'resume',
  label: 'Resume',
  title: 'Go on where training was left',
  glyph: 'play',
  primary: true,
}
const hold: Action = {
  command: 'hold',
  label: 'Pause',
  title: 'Pause after this step; everything stays in memory',
  glyph: 'pause',
}
const release: Action = {
  command: 'release',
  label: 'Pause and Free the GPU',
  title: 'Save a checkpoint, free the memory and end the trainer; Resume goes on from there',
  glyph: 'leave',
}
const stop: Action = { command: 'stop', label: 'Stop', title: 'Save a checkpoint and stop', glyph: 'stop' }
const checkpoint: Action = {
  command: 'checkpoint',
  label: 'Checkpoint',
  title: 'Save a checkpoint now',
  glyph: 'save',
}
const openSchedule: Action = {
  command: 'openSchedule',
  label: 'Open Schedule',
  title: 'Open the schedule file in the editor',
}
const log: Action = {
  command: 'openLog',
  label: 'Open Log',
  title: 'Show what the trainer wrote',
}

interface Look {
  readonly words: string
  /** `busy` is on its way somewhere and shows a ring. */
  readonly glyph: GlyphName | 'busy'
  readonly tone: 'good' | 'quiet' | 'bad'
  readonly actions: readonly Action[]
}

const looks: Record<RunPhase, Look> = {
  connecting: { words: 'Connecting to the trainer…', glyph: 'busy', tone: 'quiet', actions: [log] },
  elsewhere: { words: 'Training on another machine', glyph: 'play', tone: 'quiet', actions: [log] },
  starting: { words: 'Starting…', glyph: 'busy', tone: 'quiet', actions: [stop, log] },
  running: { words: 'Training', glyph: 'play', tone: 'good', actions: [hold, stop, checkpoint, release] },
  holding: { words: 'Pausing after this step…', glyph: 'busy', tone: 'quiet', actions: [resume, stop] },
  held: { words: 'Paused, kept in memory', glyph: 'pause', tone: 'quiet', actions: [resume, stop, release] },
  releasing: { words: 'Saving, then freeing the GPU…', glyph: 'busy', tone: 'quiet', actions: [] },
  released: { words: 'Paused, the GPU is free', glyph: 'pause', tone: 'quiet', actions: [resume, again] },
  stopping: { words: 'Stopping…', glyph: 'busy', tone: 'quiet', actions: [] },
  stopped: { words: 'Stopped', glyph: 'stop', tone: 'quiet', actions: [resume, again] },
  finished: { words: 'Finished', glyph: 'check', tone: 'good', actions: [again, log] },
  failed: { words: 'Failed', glyph: 'cross', tone: 'bad', actions: [resume, again, log] },
  gone: { words: 'The trainer is gone', glyph: 'cross', tone: 'bad', actions: [resume, again, log] },
}

/** The plan of a schedule that nobody has started: the host gives it no id. */
const planned: Look = { words: 'Not started', glyph: 'dot', tone: 'quiet', actions: [start, openSchedule] }

export const isPlanned = (run: RunView) => run.id === ''

/** How a run's state is said and what can be done in it. */
export const lookOf = (run: RunView): Look => (isPlanned(run) ? planned : looks[run.state])

/** What a state is called where runs are listed: the first of its words. */
export const wordsOf = (state: RunPhase) => looks[state].words.replace(/…$|,.*/, '')
