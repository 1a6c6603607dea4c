import util from 'node:util'

/** Puts back the helpers that Node 23 took out of util and that TensorFlow's package still calls; call it before loading that. */
export function restoreUtilHelpers(helpers: object = util): void {
  const target = helpers as Record<string, unknown>
  target['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  target['isArray'] ??= (value: unknown) => Array.isArray(value)
}
