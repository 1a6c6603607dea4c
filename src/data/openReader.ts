import { availableParallelism } from 'node:os'
import type { Config } from '../config/schema'
import type { Dataset } from './dataset'
import { decodedBytes } from './decodedBytes'
import { keepingFor } from './keeping'
import { ClipReader } from './reader'
import type { ClipProblem } from './reader'
import { StoreFolder } from './StoreFolder'

const mebi = 2 ** 20

export interface OpenedReader {
  readonly reader: ClipReader
  readonly workers: number
  /** What all clips would take decoded, estimated. */
  readonly datasetBytes: number
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
  const datasetBytes = await decodedBytes({
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
    keeping: keepingFor({ bytes: datasetBytes, memoryBytes, diskBytes }),
    store: diskBytes > 0 ? await StoreFolder.open(storeFolder, diskBytes) : undefined,
    onProblem,
    ...(workerFile !== undefined && { workerFile }),
  })
  return { reader, workers, datasetBytes }
}
