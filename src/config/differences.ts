import { isRecord } from './isRecord'

/** `train.learningRate: 0.1 → 0.05`, a line for each leaf that differs between two configs. */
export function differences(before: unknown, after: unknown, key = ''): string[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((name) => differences(before[name], after[name], key ? `${key}.${name}` : name))
  }
  const [a, b] = [JSON.stringify(before), JSON.stringify(after)] as (string | undefined)[]
  return a === b ? [] : [`${key}: ${a ?? 'default'} → ${b ?? 'default'}`]
}
