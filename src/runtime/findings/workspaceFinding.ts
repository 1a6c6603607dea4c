import type { Finding } from './Finding'

export function workspaceFinding(what: {
  trusted: boolean
  folders: readonly string[]
  schedules: readonly string[]
}): Finding {
  const { trusted, folders, schedules } = what
  const id = 'workspace'
  if (folders.length === 0) {
    return {
      id,
      status: 'warning',
      detail: 'no folder is open',
      meaning: 'Open the folder that holds your videos: a schedule and its runs live in it.',
      remedies: [],
    }
  }
  const count = schedules.length === 1 ? 'one schedule' : `${schedules.length || 'no'} schedules`
  const detail = `${trusted ? 'trusted' : 'not trusted'}, ${count} (*.multigrid.json)`
  if (!trusted) {
    return {
      id,
      status: 'missing',
      detail,
      meaning: 'Nothing is started until the workspace is trusted.',
      remedies: ['manageTrust'],
    }
  }
  return schedules.length === 0
    ? {
        id,
        status: 'warning',
        detail,
        meaning: 'There is nothing to train yet: a schedule file says what is trained on, and how.',
        remedies: ['newSchedule'],
      }
    : { id, status: 'ok', detail, meaning: 'Ready to train.', remedies: [] }
}
