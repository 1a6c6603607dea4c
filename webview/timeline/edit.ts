import type { EditView, RunView } from '../../src/protocol/view'

/** What an edit comes to and from when; undefined where there is none that can be drawn. */
export function editOf(run: RunView) {
  const { edit } = run
  if (!edit || edit.state === 'refused' || !edit.outcome) return undefined
  return { ...edit.outcome, fromEpoch: holdsFrom(run, edit) }
}

/** While the person thinks, training goes on: an edit holds from the next epoch at the earliest. */
export function holdsFrom(
  { now }: Pick<RunView, 'now'>,
  edit: Exclude<EditView, { state: 'refused' }>,
): number {
  if (edit.state === 'waits' || !now) return edit.fromEpoch
  return Math.max(edit.fromEpoch, Number.isInteger(edit.fromEpoch) ? Math.ceil(now.epoch) : now.epoch)
}
