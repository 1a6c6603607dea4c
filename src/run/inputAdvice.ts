import type { Decoding, InputFacts, InputSituation } from './inputFacts'
import { memory, percent, rate } from './words'

/** Threads that are at work for less of the time are not what training waits for. */
const busyThreads = 0.6
/** Threads at work for more of it are too few. */
const allBusy = 0.8
/** Where fewer clips are decoded, a larger cache has little to gain. */
const fewDecoded = 0.1
/** Videos this much larger than what is used of them are worth encoding anew. */
const muchLarger = 1.5
/** Of the machine's memory, what a cache may take. */
const cacheShare = 0.5
/** A cache has to hold more than the estimate, which is one. */
const spare = 1.1

/** What to do about an input-bound run, most promising first, in Markdown; each with what it would bring. Empty where no number speaks for anything. */
export function inputAdvice(situation: InputSituation, facts: InputFacts): string[] {
  const { decoding } = facts
  if (!decoding || !facts.isInputBound) return []
  if (facts.warmShare === undefined) {
    const patience = waitForCaches(decoding)
    if (patience !== undefined) return [patience]
  }
  if (!isDecoding(decoding)) return []
  return [
    moreWorkers(situation, facts, decoding),
    largerMemoryCache(situation, decoding),
    diskCache(situation, decoding),
    smallerVideos(situation, decoding),
  ].filter((advice) => advice !== undefined)
}

/** Whether what training waits for is decoding: the threads are at work most of the time. */
export const isDecoding = ({ busy, gauges, decoded }: Decoding): boolean =>
  decoded > 0 && busy >= busyThreads * gauges.workers

function waitForCaches({ gauges }: Decoding): string | undefined {
  const { datasetMiB, memoryLimitMiB, diskLimitMiB = 0 } = gauges
  if (datasetMiB === undefined) return undefined
  const [limit, where] = memoryLimitMiB >= diskLimitMiB ? [memoryLimitMiB, 'memory'] : [diskLimitMiB, 'disk']
  if (limit < datasetMiB) return undefined
  return (
    `Wait for the second epoch. The ${where} cache has room for all clips (${memory(limit)} for about ` +
    `${memory(datasetMiB)}): once each was decoded, none is decoded again.`
  )
}

function moreWorkers(
  { run, data }: InputSituation,
  { wanted }: InputFacts,
  decoding: Decoding,
): string | undefined {
  const { gauges, busy, coresNeeded, decoded } = decoding
  const { workers, cores, secondsPerClip } = gauges
  const more = Math.min(cores, Math.ceil(coresNeeded))
  if (secondsPerClip === undefined || busy < allBusy * workers || more <= workers) return undefined
  const upTo = (threads: number): string => rate(threads / secondsPerClip / decoded)
  const short =
    coresNeeded > cores ? `, which is all that the cores give; training would take ${rate(wanted)}` : ''
  const shared = computesOnCores(run.info?.backend)
    ? ' Training computes on the same cores, so expect less.'
    : ''
  const before = data.workers === 'auto' ? `"auto" (${workers})` : `${workers}`
  return (
    `Decode in more threads: \`"data.workers": ${more}\` in place of ${before}. ${more} threads could supply up to ` +
    `${upTo(more)}${short}; ${workers} supply up to ${upTo(workers)}.${shared}`
  )
}

const computesOnCores = (backend: string | undefined): boolean =>
  backend !== undefined && !backend.includes('gpu')

function largerMemoryCache(situation: InputSituation, decoding: Decoding): string | undefined {
  const { datasetMiB, memoryLimitMiB } = decoding.gauges
  if (datasetMiB === undefined || memoryLimitMiB >= datasetMiB || decoding.decoded < fewDecoded)
    return undefined
  if (!fitsInMemory(situation, datasetMiB)) return undefined
  return (
    `Keep all clips in memory: \`"data.cacheMiB": ${limitFor(datasetMiB)}\` in place of ${memoryLimitMiB}. Decoded, the ` +
    `data set takes about ${memory(datasetMiB)} of the machine's ${memory(situation.machineMiB)}; after one epoch ` +
    `none of it is decoded again.`
  )
}

function diskCache(situation: InputSituation, decoding: Decoding): string | undefined {
  const { datasetMiB, memoryLimitMiB, diskLimitMiB } = decoding.gauges
  if (datasetMiB === undefined || memoryLimitMiB >= datasetMiB || decoding.decoded < fewDecoded)
    return undefined
  if (fitsInMemory(situation, datasetMiB) || (diskLimitMiB ?? 0) >= datasetMiB) return undefined
  return (
    `Keep decoded clips on disk: \`"data.diskCacheMiB": ${limitFor(datasetMiB)}\` in place of ${diskLimitMiB ?? 0}. ` +
    `Decoded, the data set takes about ${memory(datasetMiB)}, more than half of the machine's ${memory(situation.machineMiB)} of memory. ` +
    `Each clip is then decoded once and read from there after that; now ${percent(decoding.decoded, 0)} of those read are decoded.`
  )
}

function smallerVideos({ data }: InputSituation, { gauges }: Decoding): string | undefined {
  const side = Math.round(data.jitter[1])
  const { shortSide } = gauges
  if (shortSide === undefined || shortSide < muchLarger * side) return undefined
  const times = Number(((shortSide / side) ** 2).toPrecision(2))
  return (
    `Store the videos at the size that is used. Their short side is ${Math.round(shortSide)} pixels, and no more than ${side} ` +
    `are looked at: encoded anew, a clip has ${times} times fewer pixels to decode. For each video:\n\n` +
    `   \`\`\`\n   ffmpeg -i LARGE.mp4 -vf "scale='if(lt(iw,ih),${side},-2)':'if(lt(iw,ih),-2,${side})'" -crf 18 -an SMALL.mp4\n   \`\`\``
  )
}

const fitsInMemory = ({ machineMiB }: InputSituation, mib: number): boolean =>
  mib * spare <= cacheShare * machineMiB

/** MiB for a cache, in whole GiB once there are several. */
function limitFor(mib: number): number {
  const unit = mib < 4096 ? 256 : 1024
  return Math.ceil((mib * spare) / unit) * unit
}
