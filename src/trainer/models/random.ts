/** A uniform number in [0, 1) for each (seed, counter): the same wherever and in whatever order it is asked for. */
export function uniformAt(seed: number, counter: number): number {
  let bits = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(counter, 0x85ebca6b)) | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  bits = Math.imul((bits ^ (bits >>> 16)) + seed, 0x2c1b3c6d)
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39)
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32
}

/** Standard normal numbers (Box and Muller 1958). */
export function normals(seed: number, count: number): Float32Array {
  const values = new Float32Array(count)
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(seed, i)))
    const angle = 2 * Math.PI * uniformAt(seed, i + 1)
    values[i] = radius * Math.cos(angle)
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle)
  }
  return values
}

/** One seed from several, so that streams with different parts do not overlap. */
export function mixSeeds(...seeds: readonly number[]): number {
  return seeds.reduce((mixed, seed) => Math.floor(uniformAt(mixed, seed) * 2 ** 32) | 0, 0x51ed270b)
}
