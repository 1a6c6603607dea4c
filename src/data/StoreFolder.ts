import { mkdir, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { HumanError } from '../HumanError'
import { storedEnding } from './clipStore'

/** What is left of it when room is made, as a share of the limit, so that room is not made for every clip. */
const leftAfter = 0.9
/** Files that were never finished are another process's until so long after they began. */
const abandonedAfterMs = 60 * 60_000

/** The folder of decoded clips, kept below a number of bytes: what was used longest ago goes first. Safe to delete. */
export class StoreFolder {
  private held = 0
  private clearing: Promise<void> | undefined

  private constructor(
    readonly path: string,
    readonly limitBytes: number,
  ) {}

  /** Throws HumanError where it cannot be made. */
  static async open(path: string, limitBytes: number): Promise<StoreFolder> {
    const folder = new StoreFolder(path, limitBytes)
    try {
      await mkdir(path, { recursive: true, mode: 0o700 })
      await folder.clear()
    } catch (error) {
      throw new HumanError(
        `The folder of decoded clips, ${path}, cannot be used (${(error as NodeJS.ErrnoException).code ?? String(error)}). ` +
          'Free it, or set data.diskCacheMiB to 0.',
      )
    }
    return folder
  }

  get bytes(): number {
    return this.held
  }

  /** Takes note of what was written. */
  add(bytes: number): void {
    this.held += bytes
    if (this.held > this.limitBytes) {
      // A folder that is gone, or cannot be read now, holds nothing up: clips are decoded again.
      this.clearing ??= this.clear()
        .catch(() => undefined)
        .finally(() => (this.clearing = undefined))
    }
  }

  /** Resolves when nothing is being removed. */
  async settled(): Promise<void> {
    await this.clearing
  }

  private async clear(): Promise<void> {
    const names = await readdir(this.path)
    const files = await Promise.all(
      names.map(async (name) => {
        const file = join(this.path, name)
        const found = await stat(file).catch(() => undefined)
        return found?.isFile() ? [{ file, bytes: found.size, usedMs: found.mtimeMs }] : []
      }),
    )
    const abandoned = (usedMs: number) => usedMs < Date.now() - abandonedAfterMs
    for (const { file, usedMs } of files.flat()) {
      if (file.endsWith('.partial') && abandoned(usedMs)) await unlink(file).catch(() => undefined)
    }
    const clips = files.flat().filter(({ file }) => file.endsWith(storedEnding))
    this.held = clips.reduce((sum, { bytes }) => sum + bytes, 0)
    if (this.held <= this.limitBytes) return
    for (const { file, bytes } of clips.sort((a, b) => a.usedMs - b.usedMs)) {
      if (this.held <= leftAfter * this.limitBytes) return
      const removed = await unlink(file).then(
        () => true,
        () => false,
      )
      if (removed) this.held -= bytes
    }
  }
}
