import { availableParallelism } from 'node:os'
import type { Config } from '../config/schema'
import type { Dataset } from './dataset'
import { estimateDecoded } from './estimateDecoded'
import { keepingFor } from './keeping'
import { ClipReader } from './reader'
import type { ClipProblem } from './reader'
import { StoreFolder } from './StoreFolder'

const mebi = 2 ** 20

export interface OpenedReader {
  readonly reader: ClipReader
  /** Of this moment; how busy threads are is a mean since they were asked for the last time. */
  readonly gauges: () => ReaderGauges
}

/** Clips are counted from the reader's beginning. */
export interface ReaderGauges {
  readonly workers: number
  readonly cores: number
  /** Threads, 0 to `workers`. */
  readonly busy: number
  readonly decoded: number
  readonly fromMemory: number
  readonly fromDisk: number
  /** Of one thread, for a clip that had to be decoded; absent where none had. */
  readonly secondsPerClip?: number
  readonly memoryMiB: number
  readonly memoryLimitMiB: number
  /** Absent where there is no folder of decoded clips. */
  readonly diskMiB?: number
  readonly diskLimitMiB?: number
  /** What all clips would take decoded, estimated; absent where no header tells. */
  readonly datasetMiB?: number
  /** Of the pictures as they are stored, pixels; absent where no header tells. */
  readonly shortSide?: number
}

/** A reader as a schedule wants it. Throws HumanError where the folder of decoded clips cannot be used. */
export async function openReader(options: {
  data: Config['data']
  dataset: Dataset
  ffmpeg: string
  /** The folder of decoded clips, where the schedule has one. */
  storeFolder: string
  onProblem: (problem: ClipProblem) => void
  workerFile?: string
}): Promise<OpenedReader> {
  const { data, dataset, ffmpeg, storeFolder, onProblem, workerFile } = options
  const [memoryBytes, diskBytes] = [data.cacheMiB * mebi, data.diskCacheMiB * mebi]
  const { bytes, storedSide } = await estimateDecoded({
    clips: [...dataset.train, ...dataset.val],
    ffmpeg,
    shortSide: data.jitter[1],
    signal: new AbortController().signal,
  })
  const workers = data.workers === 'auto' ? availableParallelism() : Math.max(1, data.workers)
  const reader = new ClipReader({
    ffmpeg,
    workers,
    cacheBytes: memoryBytes,
    keeping: keepingFor({ bytes: bytes ?? 0, memoryBytes, diskBytes }),
    store: diskBytes > 0 ? await StoreFolder.open(storeFolder, diskBytes) : undefined,
    onProblem,
    ...(workerFile !== undefined && { workerFile }),
  })
  let asked = { at: performance.now(), busySeconds: 0 }
  return {
    reader,
    gauges() {
      const { counts } = reader
      const { decoded, fromMemory, fromDisk, decodeSeconds, busySeconds } = counts
      const now = performance.now()
      const elapsed = Math.max(1e-3, (now - asked.at) / 1000)
      const busy = Math.min(workers, (busySeconds - asked.busySeconds) / elapsed)
      asked = { at: now, busySeconds }
      return {
        ...{ workers, cores: availableParallelism(), busy, decoded, fromMemory, fromDisk },
        ...(decoded > 0 && { secondsPerClip: decodeSeconds / decoded }),
        memoryMiB: counts.memoryBytes / mebi,
        memoryLimitMiB: data.cacheMiB,
        ...(diskBytes > 0 && { diskMiB: counts.diskBytes / mebi, diskLimitMiB: data.diskCacheMiB }),
        ...(bytes !== undefined && { datasetMiB: bytes / mebi }),
        ...(storedSide !== undefined && { shortSide: storedSide }),
      }
    },
  }
}
