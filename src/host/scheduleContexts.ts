import * as vscode from 'vscode'
import { endStates } from '../protocol/events'
import { scheduleOf } from '../run/runFolders'
import type { Runs } from './Runs'

/** Tells the menus of an editor how the runs of its schedule are: paths of schedule files, by what can be done. */
export function setScheduleContexts(runs: Runs): void {
  const live = runs.live()
  const paths = (schedules: readonly string[]): string[] => [...new Set(schedules)]
  const states = live.map(({ record, history }) => ({
    schedule: record.schedule,
    state: history.current.state,
  }))
  const newest = new Map([...runs.all].reverse().map((run) => [scheduleOf(run), run.record]))
  const busy = new Set(live.map(scheduleOf))
  const ended = [...newest].filter(
    ([schedule, { state }]) => !busy.has(schedule) && endStates.includes(state) && state !== 'finished',
  )
  const contexts: Readonly<Record<string, string[]>> = {
    liveSchedules: paths(states.map(({ schedule }) => schedule)),
    runningSchedules: paths(states.flatMap(({ schedule, state }) => (state === 'running' ? [schedule] : []))),
    resumableSchedules: paths([
      ...states.flatMap(({ schedule, state }) => (state === 'held' ? [schedule] : [])),
      ...ended.map(([schedule]) => schedule),
    ]),
  }
  for (const [name, value] of Object.entries(contexts))
    void vscode.commands.executeCommand('setContext', `multigrid.${name}`, value)
}
