import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'

const longestInstallMs = 2 * 60 * 60_000

/** Takes the right to install into `folder`; the answer gives it back. Throws HumanError while another process has it. */
export function takeInstallLock(folder: string): () => void {
  const file = `${folder}.lock`
  mkdirSync(path.dirname(file), { recursive: true })
  if (!create(file)) {
    const holder = holderOf(file)
    if (holder !== undefined) {
      throw new HumanError(
        `The TensorFlow runtime is being installed by process ${holder}: wait until that is done, or end it.`,
      )
    }
    // Moved away first: of two that find a stale lock, one moves it and the other fails to.
    const stale = `${file}.${process.pid}`
    renameSync(file, stale)
    rmSync(stale, { force: true })
    if (!create(file))
      throw new HumanError(
        'Another install of the TensorFlow runtime has just begun: wait until that is done.',
      )
  }
  return () => rmSync(file, { force: true })
}

function create(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The process that holds the lock; undefined when it is gone, or so old that its number must be another's by now. */
function holderOf(file: string): number | undefined {
  try {
    const holder = Number(readFileSync(file, 'utf8'))
    if (!Number.isInteger(holder) || holder <= 0 || Date.now() - statSync(file).mtimeMs > longestInstallMs)
      return undefined
    process.kill(holder, 0)
    return holder
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? Number(readFileSync(file, 'utf8')) : undefined
  }
}
