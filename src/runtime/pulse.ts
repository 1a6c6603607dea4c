import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** A living trainer touches its lock as often. */
export const pulseMs = 3000

/** Whether a file is touched within two beats and a half: clocks of other machines need not agree with this one's. */
export async function pulses(file: string, beatMs = pulseMs): Promise<boolean> {
  const first = await touched(file)
  if (first === undefined) return false
  for (let waited = 0; waited < 2.5 * beatMs; waited += beatMs / 6) {
    await delay(beatMs / 6)
    if ((await touched(file)) !== first) return true
  }
  return false
}

async function touched(file: string): Promise<bigint | undefined> {
  try {
    return (await stat(file, { bigint: true })).mtimeNs
  } catch {
    return undefined
  }
}
