import { HumanError } from '../HumanError'

/** Why `place` could not be written, and what to do: two sentences without a subject of their own. */
export function whyNotWritten(error: unknown, place: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return `the disk that holds ${place} is full. Free some space.`
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${place} cannot be written (${code}). Check its permissions.`
  return `${message}.`
}

/** Runs `write`; what the file system throws becomes a HumanError that begins with `what`. */
export function writing<T>(what: string, place: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    throw new HumanError(`${what}: ${whyNotWritten(error, place)}`, { cause: error })
  }
}
