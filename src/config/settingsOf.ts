import { isRecord } from './isRecord'

/** Every setting of a config by its key, `train.learningRate`, as JSON; a list is one setting. */
export function settingsOf(config: unknown, key = ''): Map<string, string> {
  if (!isRecord(config)) return new Map(config === undefined ? [] : [[key, JSON.stringify(config)]])
  return new Map(
    Object.entries(config).flatMap(([name, value]) => [...settingsOf(value, key ? `${key}.${name}` : name)]),
  )
}
