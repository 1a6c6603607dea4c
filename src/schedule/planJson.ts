import { epochRows } from './epochRows'
import type { EpochRow } from './epochRows'
import type { Plan } from './phase'
import type { ScheduleSettings } from './settings'

/** What `multigrid plan --json` prints: the plan with a row per epoch. */
export function planJson(
  settings: ScheduleSettings,
  plan: Plan,
): Plan & { readonly perEpoch: readonly EpochRow[] } {
  return { ...plan, perEpoch: epochRows(settings, plan) }
}
