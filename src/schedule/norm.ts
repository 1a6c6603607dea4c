import type { Norm, ScheduleSettings } from './settings'

/** Normalisation whose statistics are taken over `bnBase` clips, as nearly as whole splits and devices allow. */
export function normFor({ multigrid, engine }: ScheduleSettings, batch: number): Norm {
  const samples = batch / engine.devices / multigrid.bnBase
  if (samples < 1) return { kind: 'sync', devices: Math.trunc(1 / samples) }
  return samples > 1 ? { kind: 'split', splits: Math.trunc(samples) } : { kind: 'plain' }
}
