/** Shares of the clips, 0..1, for which there is room in memory and in the folder of decoded clips. */
export interface Keeping {
  readonly memory: number
  readonly disk: number
}

/**
 * Which clips are kept: always the same ones, since a set that is read again and again in changing order would push
 * out of a cache that is too small for it what it will ask for next.
 */
export function keepsOf(clip: number, { memory, disk }: Keeping): { memory: boolean; disk: boolean } {
  const place = (clip * 0.6180339887498949) % 1
  // The disk takes first what memory has no room for.
  const from = Math.max(0, Math.min(memory, 1 - disk))
  return { memory: place < memory, disk: place >= from && place < from + disk }
}

/** A little is left free: sizes are estimates. */
const usedOf = 0.95

export function keepingFor(options: {
  /** Of all clips together, decoded. */
  bytes: number
  memoryBytes: number
  diskBytes: number
}): Keeping {
  const { bytes, memoryBytes, diskBytes } = options
  const share = (limit: number): number => {
    if (limit === 0) return 0
    return bytes <= limit ? 1 : (usedOf * limit) / bytes
  }
  return { memory: share(memoryBytes), disk: share(diskBytes) }
}
