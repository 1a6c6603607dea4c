import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import { HumanError } from '../HumanError'
import { whyNotWritten } from './whyNotWritten'

const tensorFiles = ['model.safetensors', 'optimizer.safetensors'] as const
const kept = 3

/** Where a run stands after `iteration` steps; with the config it determines everything that follows. */
export const checkpointState = z.object({
  version: z.literal(1),
  iteration: z.number().int().nonnegative(),
  /** Fractional epoch of the next step. */
  epoch: z.number().nonnegative(),
  /** Iterations done beyond those that the plan in force would have at this point (an edit may change its past). */
  offset: z.number().int(),
  /** Top-1, and of a multi-label data set mAP, of the evaluation at this iteration, where there was one. */
  top1: z.number().optional(),
  map: z.number().optional(),
  /** Of the best checkpoint so far. */
  bestTop1: z.number().optional(),
  bestMap: z.number().optional(),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
})

export type CheckpointState = z.infer<typeof checkpointState>

/** What the best checkpoint has most of: mAP where there is one, else top-1. */
export function meritOf({ top1, map }: Pick<CheckpointState, 'top1' | 'map'>): number | undefined {
  return map ?? top1
}

export interface CheckpointData {
  readonly model: Uint8Array
  readonly optimizer: Uint8Array
}

export interface Checkpoint extends CheckpointData {
  readonly folder: string
  readonly state: CheckpointState
}

/** The checkpoints of one run: `checkpoints/<iteration>/`, each whole or absent. */
export class Checkpoints {
  constructor(private readonly folder: string) {}

  /**
   * Writes aside, fsyncs, renames, and keeps the last three and the best. Returns the folder and its bytes.
   * Throws HumanError when the disk will not take it; the checkpoints before it are untouched.
   */
  save(
    state: Omit<CheckpointState, 'version' | 'files'>,
    data: CheckpointData,
  ): { folder: string; bytes: number } {
    const target = path.join(this.folder, String(state.iteration))
    const aside = path.join(this.folder, `.${state.iteration}.partial`)
    const contents: Record<(typeof tensorFiles)[number], Uint8Array> = {
      'model.safetensors': data.model,
      'optimizer.safetensors': data.optimizer,
    }
    try {
      this.sweep()
      mkdirSync(aside, { recursive: true })
      const files: CheckpointState['files'] = {}
      let bytes = 0
      for (const name of tensorFiles) {
        const content = contents[name]
        writeDurably(path.join(aside, name), content)
        files[name] = { bytes: content.length, sha256: sha256(content) }
        bytes += content.length
      }
      writeDurably(
        path.join(aside, 'state.json'),
        Buffer.from(JSON.stringify({ version: 1, ...state, files }, null, 2)),
      )
      syncFolder(aside)
      // A second save of one iteration replaces the first; between the two calls the other checkpoints still stand.
      rmSync(target, { recursive: true, force: true })
      renameSync(aside, target)
      syncFolder(this.folder)
      this.prune(state.iteration)
      return { folder: target, bytes }
    } catch (error) {
      discard(aside)
      throw new HumanError(whyNotSaved(error, this.folder))
    }
  }

  /**
   * The newest checkpoint that is whole, none where none was saved, and the names and faults of newer ones that are not.
   * Throws HumanError when there are some and none is whole: to begin again would overwrite what can perhaps be saved.
   */
  latest(): { checkpoint: Checkpoint | undefined; refused: string[] } {
    const refused: string[] = []
    for (const iteration of this.iterations().reverse()) {
      const folder = path.join(this.folder, String(iteration))
      try {
        return { checkpoint: readCheckpoint(folder), refused }
      } catch (error) {
        refused.push(`checkpoint ${iteration}: ${(error as Error).message}`)
      }
    }
    if (refused.length > 0) {
      throw new HumanError(
        `None of the checkpoints in ${this.folder} can be used (${refused.join('; ')}). Put a whole one back from a copy, or start a new run.`,
      )
    }
    return { checkpoint: undefined, refused }
  }

  /** Newer ones than the newest that was saved are those that were refused when the run resumed: they count for nothing. */
  private prune(newest: number): void {
    for (const iteration of this.iterations().filter((each) => each > newest)) {
      rmSync(path.join(this.folder, String(iteration)), { recursive: true, force: true })
    }
    const all = this.iterations()
    const best = this.best(all)
    for (const iteration of all.slice(0, -kept)) {
      if (iteration !== best)
        rmSync(path.join(this.folder, String(iteration)), { recursive: true, force: true })
    }
  }

  /** What a save that was killed left behind. */
  private sweep(): void {
    if (!existsSync(this.folder)) return
    for (const name of readdirSync(this.folder).filter((each) => /^\.\d+\.partial$/.test(each))) {
      rmSync(path.join(this.folder, name), { recursive: true, force: true })
    }
  }

  private best(iterations: readonly number[]): number | undefined {
    let best: { iteration: number; merit: number } | undefined
    for (const iteration of iterations) {
      const state = readState(path.join(this.folder, String(iteration)))
      const merit = state && meritOf(state)
      if (merit !== undefined && (!best || merit > best.merit)) best = { iteration, merit }
    }
    return best?.iteration
  }

  private iterations(): number[] {
    if (!existsSync(this.folder)) return []
    return readdirSync(this.folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b)
  }
}

function readCheckpoint(folder: string): Checkpoint {
  const state = readState(folder)
  if (!state) throw new Error('its state.json is missing or damaged')
  const [model, optimizer] = tensorFiles.map((name) => {
    const expected = state.files[name]
    const file = path.join(folder, name)
    if (!expected || !existsSync(file)) throw new Error(`its ${name} is missing`)
    const bytes = readFileSync(file)
    if (bytes.length !== expected.bytes)
      throw new Error(`its ${name} has ${bytes.length} bytes of ${expected.bytes}`)
    if (sha256(bytes) !== expected.sha256) throw new Error(`its ${name} is damaged (checksum differs)`)
    return bytes
  })
  return { folder, state, model: model!, optimizer: optimizer! }
}

function readState(folder: string): CheckpointState | undefined {
  try {
    return checkpointState.parse(JSON.parse(readFileSync(path.join(folder, 'state.json'), 'utf8')))
  } catch {
    return undefined
  }
}

function writeDurably(file: string, content: Uint8Array): void {
  const descriptor = openSync(file, 'w', 0o644)
  try {
    for (let at = 0; at < content.length;) at += writeSync(descriptor, content, at)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return // folders cannot be opened there
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function discard(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // The disk refuses this as well. What is left is never read, and the next checkpoint of its number replaces it.
  }
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function whyNotSaved(error: unknown, folder: string): string {
  return `The checkpoint was not saved: ${whyNotWritten(error, folder)} Training goes on; the checkpoints before this one are intact.`
}
