/** `512 × 8 × 158²`: clips × frames × size². */
export function shapeWords({
  batch,
  frames,
  size,
}: {
  readonly batch: number
  readonly frames: number
  readonly size: number
}): string {
  return `${batch} × ${frames} × ${size}²`
}

/** Two units at most: "2 d 3 h", "3 h 12 min", "12 min", "40 s". Negative or unknown seconds are "–". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  const minutes = Math.round(seconds / 60)
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
