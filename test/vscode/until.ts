import { setTimeout } from 'node:timers/promises'

/** How long a person would look at the screen before giving up, ms. */
export const patienceMs = 60_000

/** Repeats an action until it does not throw. */
export async function until(what: string, action: () => Promise<void> | void): Promise<void> {
  const end = Date.now() + patienceMs
  for (;;) {
    try {
      await action()
      return
    } catch (error) {
      if (Date.now() > end) throw new Error(`no ${what} in ${patienceMs / 1000} s`, { cause: error })
    }
    await setTimeout(100)
  }
}
