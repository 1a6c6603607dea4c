import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'

/** Refuses a link in the last place of a path; Windows has no such flag, and makes no links without a right to. */
export const noFollow = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW
/** A pipe that nobody writes to must not be waited for. */
const noWait = process.platform === 'win32' ? 0 : constants.O_NONBLOCK

export const readOnly = constants.O_RDONLY | noFollow | noWait
export const appending = constants.O_APPEND | constants.O_CREAT | noFollow

/** The text of an ordinary file of a run folder; throws for a link, a device, a pipe, and more than `mostBytes`. */
export function readOwnFile(file: string, mostBytes: number): string {
  const descriptor = openSync(file, readOnly)
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) throw new Error(`${file} is no ordinary file`)
    if (stats.size > mostBytes) throw new Error(`${file} has ${stats.size} bytes, over ${mostBytes}`)
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** Readers see the old file or the new one; it is the user's alone, whatever the old one was. */
export function writeOwnFile(file: string, text: string): void {
  const aside = `${file}.${process.pid}.partial`
  // What lies there may be a link: it is removed, and the file is made anew.
  rmSync(aside, { force: true })
  const descriptor = openSync(aside, 'wx', 0o600)
  try {
    if (process.platform !== 'win32') fchmodSync(descriptor, 0o600)
    writeFileSync(descriptor, text) // writes all of it, or throws
    fsyncSync(descriptor)
    renameSync(aside, file)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
}
