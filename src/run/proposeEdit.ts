import { HumanError } from '../HumanError'
import { isDeepStrictEqual } from 'node:util'
import type { EditView } from '../protocol/view'
import type { AttachedRun } from './AttachedRun'
import { editedSchedule } from './editedSchedule'

/**
 * What the schedule file of a living run has become, as its trainer answers: proposed, or refused with the reason.
 * Undefined where there is nothing to decide: nothing has changed, or just that waits already.
 */
export async function proposeEdit(run: AttachedRun): Promise<EditView | undefined> {
  const edited = editedSchedule(run)
  const { edit } = run.history.current
  if (!edited || (edit?.state === 'waits' && isDeepStrictEqual(edit.changes, edited.changes)))
    return undefined
  try {
    return { state: 'proposed', ...(await run.api.previewConfig({ config: edited.config })) }
  } catch (error) {
    if (!(error instanceof HumanError)) throw error
    return { state: 'refused', changes: edited.changes, reason: error.message }
  }
}
