import type { ScheduleSettings } from './settings'

/** The same training without multigrid: one shape, and the epochs as given. */
export function withoutMultigrid<T extends ScheduleSettings>(settings: T): T {
  return { ...settings, multigrid: { ...settings.multigrid, longCycle: false, shortCycle: false } }
}
