import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { lstat } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { foundSchema } from './found'
import type { Found } from './found'
import { sideBySide } from './sideBySide'

/** A link in the place of the file is not written through. */
const appending =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (process.platform === 'win32' ? 0 : constants.O_NOFOLLOW)

/** A line of the file. One of another version is not understood, and what it tells is read anew. */
const entrySchema = z.object({
  v: z.literal(1),
  /** Relative to the schedule's folder, so that a folder that is moved keeps its index. */
  source: z.string(),
  /** Changes when the source does. */
  stamp: z.string(),
  quick: z.boolean(),
  found: foundSchema,
})

type Entry = z.infer<typeof entrySchema>

/** Where what was found in the data of a schedule is kept. Deleting it is safe. */
export function indexFile(schedule: string): string {
  return path.join(path.dirname(schedule), '.multigrid', 'index.jsonl')
}

/**
 * What checks have found so far, a line of JSON each; the last line on a source counts. A line is in the file before
 * its clip counts as read, so that a check that is stopped, or killed, goes on from there.
 */
export class CheckIndex {
  private readonly entries = new Map<string, Entry>()
  private readonly base: string
  private lines = 0
  private descriptor: number | undefined

  /** Why nothing can be kept, when it cannot; the check goes on without. */
  failure: string | undefined

  constructor(private readonly file: string) {
    this.base = path.dirname(path.dirname(path.resolve(file)))
    let text = ''
    this.attempt(() => {
      if (lstatSync(file).isFile()) text = readFileSync(file, 'utf8')
    })
    for (const line of text.split('\n')) {
      if (line === '') continue
      this.lines++
      const entry = decode(line)
      if (entry) this.entries.set(path.resolve(this.base, entry.source), entry)
    }
    this.attempt(() => {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      this.descriptor = openSync(file, appending, 0o600)
      // What a killed check left half-written is a line of its own, which nothing can be read from.
      if (text !== '' && !text.endsWith('\n')) writeSync(this.descriptor, '\n')
    })
  }

  /** What is known of a source, unless it has changed; what only its header says is not enough for a full check. */
  get(source: string, stamp: string, quick: boolean): Found | undefined {
    const entry = this.entries.get(source)
    return entry?.stamp === stamp && (quick || !entry.quick) ? entry.found : undefined
  }

  add(source: string, stamp: string, quick: boolean, found: Found): void {
    const entry: Entry = { v: 1, source: path.relative(this.base, source) || '.', stamp, quick, found }
    this.entries.set(source, entry)
    if (this.descriptor === undefined) return
    const { descriptor } = this
    this.attempt(() => writeSync(descriptor, `${JSON.stringify(entry)}\n`))
    this.lines++
  }

  /** Keeps one line on each source: those of `sources`, and others that still exist, as another schedule's. */
  async compact(sources: ReadonlySet<string>): Promise<void> {
    const others = [...this.entries.keys()].filter((source) => !sources.has(source))
    await sideBySide(others, 16, async (source) => {
      const gone = await lstat(source).then(
        () => false,
        () => true,
      )
      if (gone) this.entries.delete(source)
    })
    if (this.lines === this.entries.size || this.failure !== undefined) return
    this.attempt(() => {
      const aside = `${this.file}.${process.pid}.part`
      try {
        rmSync(aside, { force: true })
        const lines = [...this.entries.values()].map((entry) => `${JSON.stringify(entry)}\n`)
        writeFileSync(aside, lines.join(''), { flag: 'wx', mode: 0o600 })
        renameSync(aside, this.file)
      } finally {
        rmSync(aside, { force: true })
      }
    })
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = undefined
  }

  private attempt(act: () => unknown): void {
    try {
      act()
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error)
      if (code !== 'ENOENT') this.failure ??= code
    }
  }
}

function decode(line: string): Entry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
