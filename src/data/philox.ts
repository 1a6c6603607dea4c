/**
 * Four random 32-bit words for a counter and a key, without state: Philox4x32-10
 * (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [a, b, c, d] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round++) {
    const highA = highWord(0xd2511f53, a)
    const lowA = Math.imul(0xd2511f53, a)
    const highC = highWord(0xcd9e8d57, c)
    const lowC = Math.imul(0xcd9e8d57, c)
    a = highC ^ b ^ k0
    b = lowC
    c = highA ^ d ^ k1
    d = lowA
    k0 = (k0 + 0x9e3779b9) | 0
    k1 = (k1 + 0xbb67ae85) | 0
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0]
}

/** The upper 32 bits of the product of two unsigned 32-bit words. */
function highWord(x: number, y: number): number {
  const x0 = x & 0xffff
  const x1 = x >>> 16
  const y0 = y & 0xffff
  const y1 = y >>> 16
  const middle = x1 * y0 + ((x0 * y0) >>> 16)
  const carry = (middle % 0x10000) + x0 * y1
  return x1 * y1 + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)
}
