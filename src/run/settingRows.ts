import path from 'node:path'
import { settingsOf } from '../config/settingsOf'
import type { SettingRow } from '../protocol/compare'
import { readOwnFile } from '../protocol/ownFile'
import { mostConfigBytes, runFiles } from '../protocol/runRecord'

/** What a setting is called that a config does not have. */
const unset = '–'

/** The settings in which configs differ, with the value in each; in the order of the first that has them. */
export function settingRows(configs: readonly unknown[]): SettingRow[] {
  const settings = configs.map((config) => settingsOf(config))
  const keys = new Set(settings.flatMap((one) => [...one.keys()]))
  return [...keys]
    .map((key) => ({ key, values: settings.map((one) => plain(one.get(key))) }))
    .filter(({ values }) => new Set(values).size > 1)
}

/** As a run was started, or since edited; undefined where it cannot be read. */
export function readConfig(folder: string): unknown {
  try {
    return JSON.parse(readOwnFile(path.join(folder, runFiles.config), mostConfigBytes))
  } catch {
    return undefined
  }
}

/** Text without its quotes, lists with room between. */
function plain(json: string | undefined): string {
  if (json === undefined) return unset
  return json.startsWith('"') ? (JSON.parse(json) as string) : json.replaceAll(',', ', ')
}
