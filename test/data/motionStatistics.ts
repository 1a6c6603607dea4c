/** Mean of the three channels of one rgb frame. */
export function luminance(pixels: Uint8Array, frame: number, width: number, height: number): Float64Array {
  const base = frame * width * height * 3
  return Float64Array.from({ length: width * height }, (_, index) => {
    const at = base + 3 * index
    return (pixels[at]! + pixels[at + 1]! + pixels[at + 2]!) / 3
  })
}

/**
 * What one frame looks like, 26 numbers: brightness, contrast, skewness, strength of edges, shares of eight gradient
 * orientations over the whole and, for turning or growing structure, relative to the direction from the centre; edges
 * near the centre and near the border; how fast the texture decorrelates along both axes and both diagonals.
 */
export function appearance(image: Float64Array, width: number, height: number): number[] {
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length
  const moment = (power: number) =>
    image.reduce((sum, value) => sum + (value - mean) ** power, 0) / image.length
  const deviation = Math.sqrt(moment(2)) || 1
  const plain = Array<number>(8).fill(0)
  const radial = Array<number>(8).fill(0)
  let [total, inner, outer] = [0, 0, 0]
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const gx = image[y * width + x + 1]! - image[y * width + x - 1]!
      const gy = image[(y + 1) * width + x]! - image[(y - 1) * width + x]!
      const strength = Math.hypot(gx, gy)
      const [dx, dy] = [x - width / 2, y - height / 2]
      plain[orientationBin(Math.atan2(gy, gx))]! += strength
      radial[orientationBin(Math.atan2(gy, gx) - Math.atan2(dy, dx))]! += strength
      total += strength
      if (Math.hypot(dx, dy) < width / 4) inner += strength
      if (Math.hypot(dx, dy) > (3 * width) / 8) outer += strength
    }
  }
  const correlation = (dx: number, dy: number) => {
    let sum = 0
    for (let y = 4; y < height - 4; y++) {
      for (let x = 4; x < width - 4; x++) {
        sum += (image[y * width + x]! - mean) * (image[(y + dy) * width + x + dx]! - mean)
      }
    }
    return sum / ((width - 8) * (height - 8) * deviation ** 2)
  }
  return [
    mean,
    deviation,
    moment(3) / deviation ** 3,
    total / image.length / deviation,
    inner / total,
    outer / total,
    ...plain.map((value) => value / total),
    ...radial.map((value) => value / total),
    ...[correlation(4, 0), correlation(0, 4), correlation(3, 3), correlation(3, -3)],
  ]
}

function orientationBin(angle: number): number {
  const share = angle / Math.PI - Math.floor(angle / Math.PI)
  return Math.min(7, Math.floor(share * 8))
}

/**
 * The motion of a clip as the least-squares fit of rightward and downward speed (pixels a frame), clockwise spin and
 * growth (radians, and share, a frame) to its brightness constancy, over smoothed frames.
 */
export function motionField(pixels: Uint8Array, width: number, height: number): number[] {
  const count = pixels.length / (width * height * 3)
  const images = Array.from({ length: count }, (_, frame) =>
    smooth(luminance(pixels, frame, width, height), width, height),
  )
  const normal = Array.from({ length: 4 }, () => Array<number>(5).fill(0))
  for (let frame = 1; frame < count; frame++) {
    const [before, after] = [images[frame - 1]!, images[frame]!]
    for (let y = 4; y < height - 4; y += 2) {
      for (let x = 4; x < width - 4; x += 2) {
        const at = y * width + x
        const gx = (before[at + 1]! - before[at - 1]! + after[at + 1]! - after[at - 1]!) / 4
        const gy = (before[at + width]! - before[at - width]! + after[at + width]! - after[at - width]!) / 4
        const [dx, dy] = [x - width / 2, y - height / 2]
        const row = [gx, gy, gy * dx - gx * dy, gx * dx + gy * dy, before[at]! - after[at]!]
        for (let i = 0; i < 4; i++) for (let j = 0; j < 5; j++) normal[i]![j]! += row[i]! * row[j]!
      }
    }
  }
  return solve(normal)
}

/** Box blur of 5 × 5, brightness and contrast evened out, so that flicker is not taken for motion. */
function smooth(image: Float64Array, width: number, height: number): Float64Array {
  const blurred = new Float64Array(image.length)
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      let sum = 0
      for (let dy = -2; dy <= 2; dy++)
        for (let dx = -2; dx <= 2; dx++) sum += image[(y + dy) * width + x + dx]!
      blurred[y * width + x] = sum / 25
    }
  }
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length
  const deviation = Math.sqrt(image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.length) || 1
  return blurred.map((value) => (value - mean) / deviation)
}

/** Gauss elimination of a positive definite system, its right side in the last column. */
function solve(system: number[][]): number[] {
  const size = system.length
  for (let pivot = 0; pivot < size; pivot++) {
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue
      const factor = system[row]![pivot]! / system[pivot]![pivot]!
      for (let column = pivot; column <= size; column++)
        system[row]![column]! -= factor * system[pivot]![column]!
    }
  }
  return system.map((row, index) => row[size]! / row[index]!)
}
