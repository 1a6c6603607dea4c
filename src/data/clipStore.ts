import { createHash } from 'node:crypto'
import { open, rename, stat, unlink, utimes } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Frames } from './cut'
import type { Whole } from './video'
import type { Footage } from './footage'
import { footageName } from './footage'

/** Begins every file of decoded clips; another layout has another one. */
const magic = 'multigrid clip 2\n'
export const storedEnding = '.frames'
/** Magic, then count, width and height as 32-bit numbers; times and pixels follow. */
const fixedBytes = magic.length + 12

/** A decoded clip on disk whose frames have not been read. */
export interface StoredClip {
  readonly count: number
  readonly width: number
  readonly height: number
  readonly times: Float64Array
  /** The frames of these numbers, in this order. Rejects where the disk does not give them. */
  read(order: Int32Array): Promise<Frames>
  close(): Promise<void>
}

/** The file that holds a decoded clip: another one once the footage has changed. Rejects where there is no footage. */
export async function storedFile(folder: string, footage: Footage, shortSide: number): Promise<string> {
  const found = await stat(footage.kind === 'video' ? footage.file : footage.folder, { bigint: true })
  const count = footage.kind === 'pictures' ? footage.count : undefined
  const identity = JSON.stringify([
    footageName(footage),
    count,
    shortSide,
    `${found.size}`,
    `${found.mtimeNs}`,
  ])
  return join(folder, `${createHash('sha256').update(identity).digest('hex').slice(0, 40)}${storedEnding}`)
}

/** Undefined where there is none, or what is there is not whole. */
export async function openStored(file: string): Promise<StoredClip | undefined> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (!handle) return undefined
  try {
    const stored = await readHead(handle)
    if (stored) {
      // Its age says what goes first when room is needed.
      const now = new Date()
      await utimes(file, now, now).catch(() => undefined)
      return stored
    }
  } catch {
    // As good as none.
  }
  await handle.close()
  return undefined
}

async function readHead(handle: FileHandle): Promise<StoredClip | undefined> {
  const fixed = Buffer.alloc(fixedBytes)
  await handle.read(fixed, 0, fixedBytes, 0)
  if (fixed.toString('latin1', 0, magic.length) !== magic) return undefined
  const [count, width, height] = [0, 4, 8].map((at) => fixed.readUInt32LE(magic.length + at)) as [
    number,
    number,
    number,
  ]
  const frameBytes = width * height * 3
  const pixelsAt = fixedBytes + 8 * count
  if ((await handle.stat()).size !== pixelsAt + count * frameBytes || count === 0) return undefined
  const times = new Float64Array(count)
  await handle.read(new Uint8Array(times.buffer), 0, times.byteLength, fixedBytes)
  return {
    count,
    width,
    height,
    times,
    async read(order) {
      const pixels = new Uint8Array(new SharedArrayBuffer(order.length * frameBytes))
      for (const [index, frame] of order.entries()) {
        const at = index * frameBytes
        const { bytesRead } = await handle.read(pixels, at, frameBytes, pixelsAt + frame * frameBytes)
        if (bytesRead < frameBytes) throw new Error('The file of a decoded clip is cut short.')
      }
      return { pixels, count: order.length, width, height }
    },
    close: () => handle.close(),
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at)
    at += bytesWritten
  }
}

/** Written aside and renamed. Gives the bytes on disk; 0 where the disk does not take them, which is no fault of the clip. */
export async function store(file: string, { frames, times }: Whole): Promise<number> {
  const aside = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.partial`
  const fixed = Buffer.alloc(fixedBytes)
  fixed.write(magic, 'latin1')
  ;[frames.count, frames.width, frames.height].forEach((value, index) =>
    fixed.writeUInt32LE(value, magic.length + 4 * index),
  )
  const parts = [fixed, new Uint8Array(times.buffer, times.byteOffset, times.byteLength), frames.pixels]
  try {
    const handle = await open(aside, 'wx', 0o600)
    try {
      // A disk that is full, or a system that writes at most 2 GiB at once, takes some of it and calls that no error.
      for (const part of parts) await writeAll(handle, part)
    } finally {
      await handle.close()
    }
    await rename(aside, file)
    return parts.reduce((sum, part) => sum + part.byteLength, 0)
  } catch {
    await unlink(aside).catch(() => undefined)
    return 0
  }
}
