/**
 * One of every `every` frames: linspace(0, T − 1, T / every), cut to whole numbers. In single precision and from both
 * ends inwards, as PyTorch computes it, since that decides some of the cuts.
 */
export function slowFrames(frames: number, every: number): number[] {
  const count = Math.floor(frames / every)
  if (count < 2) return [0]
  const last = frames - 1
  const step = Math.fround(last / (count - 1))
  return Array.from({ length: count }, (_, i) => {
    const exact =
      i < count / 2 - 0.5 ? Math.fround(step * i) : Math.fround(last - Math.fround(step * (count - 1 - i)))
    return Math.floor(exact)
  })
}
