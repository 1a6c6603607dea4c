/** The eight classes: how a whole-frame texture moves. */
export const motionClasses = [
  'clockwise',
  'counter-clockwise',
  'down',
  'left',
  'right',
  'up',
  'zoom-in',
  'zoom-out',
]

const tileSize = 128
const tileMask = tileSize - 1
/** Octaves that are heard at once; the first and the last fade in and out, so a zoom never runs out of detail. */
const octaves = 3
/** Tile pixels per screen pixel of the coarsest octave. */
const coarsest = 0.15

const degrees = Math.PI / 180

/** Standard normal numbers, drawn once: a frame's noise starts at a random place among them. */
const noiseStream = randomStream(1)
const grains = Float32Array.from({ length: 65536 }, () => normal(noiseStream))

/**
 * Renders one clip as raw rgb24 frames, `frames × size × size × 3` bytes, the same for the same seed.
 * A frame by itself does not tell the class: texture, scale, distractors, noise and flicker are drawn alike for all.
 */
export function renderClip({ motion, seed, size, frames }) {
  const random = randomStream(seed)
  const scene = drawScene(motion, random, size)
  const values = new Float32Array(size * size)
  const bytes = new Uint8Array(frames * size * size * 3)
  for (let frame = 0; frame < frames; frame++) {
    paintTexture(values, size, scene.texture, scene.viewAt(frame))
    const target = bytes.subarray(frame * size * size * 3, (frame + 1) * size * size * 3)
    const light = { gain: 1 + 0.08 * normal(random), offset: 4 * normal(random) }
    colour(target, values, scene.paint, light)
    for (const disc of scene.discs) paintDisc(target, size, disc, frame, light)
    addNoise(target, scene.noise, random)
  }
  return bytes
}

function drawScene(motion, random, size) {
  const texture = drawTexture(random)
  const between = (low, high) => low + (high - low) * random()
  // Every number is drawn for every class, used or not, so that the classes share their statistics by construction.
  const speed = between(0.8, 2.2) * (size / 128)
  const heading = between(-10, 10) * degrees
  const spin = between(1.5, 3.5) * degrees
  const octavesPerFrame = Math.log2(1 + between(0.015, 0.03))
  const centre = [size * between(0.4, 0.6), size * between(0.4, 0.6)]
  const still = { centre, angle: between(0, 2 * Math.PI), shift: [0, 0], octave: between(0, 16) }
  const paint = drawPaint(random)
  const discs = Array.from({ length: 3 }, () => ({
    texture,
    paint: drawPaint(random),
    radius: between(0.07, 0.12) * size,
    at: [size * random(), size * random()],
    velocity: polar(between(0.8, 2.2) * (size / 128), between(0, 2 * Math.PI)),
    view: {
      centre: [0, 0],
      angle: between(0, 2 * Math.PI),
      shift: [4096 * random(), 4096 * random()],
      octave: between(0, 16),
    },
  }))

  const moveTo = {
    right: 0,
    down: Math.PI / 2,
    left: Math.PI,
    up: -Math.PI / 2,
  }
  const viewAt = (frame) => {
    switch (motion) {
      case 'clockwise':
        return { ...still, angle: still.angle + spin * frame }
      case 'counter-clockwise':
        return { ...still, angle: still.angle - spin * frame }
      case 'zoom-in':
        return { ...still, octave: still.octave - octavesPerFrame * frame }
      case 'zoom-out':
        return { ...still, octave: still.octave + octavesPerFrame * frame }
      default: {
        const [x, y] = polar(speed * frame, moveTo[motion] + heading)
        return { ...still, shift: [x, y] }
      }
    }
  }
  return { texture, paint, discs, noise: between(3, 10), viewAt }
}

/** Base colour and the direction in colour space along which the texture varies. */
function drawPaint(random) {
  const contrast = 22 + 20 * random()
  return {
    base: [0, 1, 2].map(() => 88 + 80 * random()),
    axis: [0, 1, 2].map(() => contrast * (0.6 + 0.4 * random())),
  }
}

/** A periodic tile of band-limited isotropic noise of unit variance, and where each octave looks into it. */
function drawTexture(random) {
  const white = Float32Array.from({ length: tileSize * tileSize }, () => random() - 0.5)
  const fine = blurPeriodic(white, 1.8)
  const coarse = blurPeriodic(white, 3.6)
  const tile = fine.map((value, index) => value - coarse[index])
  const deviation = Math.sqrt(tile.reduce((sum, value) => sum + value * value, 0) / tile.length)
  for (let index = 0; index < tile.length; index++) tile[index] /= deviation
  const looks = Array.from({ length: 64 }, () => ({
    x: tileSize * random(),
    y: tileSize * random(),
    angle: 2 * Math.PI * random(),
  }))
  return { tile, looks }
}

/** The active octaves of a view as affine maps from screen to tile; the weights' squares add up to one. */
function octavesOf(texture, view) {
  const first = Math.ceil(-view.octave)
  const layers = []
  for (let index = first; index + view.octave < octaves; index++) {
    const level = index + view.octave
    const look = texture.looks[((index % 64) + 64) % 64]
    const scale = coarsest * 2 ** level
    // The inverse of the motion: what the screen shows at p is what the texture has at R(-angle)(p - centre - shift).
    const cos = scale * Math.cos(look.angle - view.angle)
    const sin = scale * Math.sin(look.angle - view.angle)
    const x0 = view.centre[0] + view.shift[0]
    const y0 = view.centre[1] + view.shift[1]
    layers.push({
      cos,
      sin,
      x: look.x - (cos * x0 - sin * y0),
      y: look.y - (sin * x0 + cos * y0),
      weight: Math.sin((Math.PI * level) / octaves) ** 2,
    })
  }
  const norm = Math.sqrt(layers.reduce((sum, layer) => sum + layer.weight ** 2, 0))
  for (const layer of layers) layer.weight /= norm
  return layers
}

function paintTexture(values, size, texture, view) {
  values.fill(0)
  const { tile } = texture
  for (const { cos, sin, x, y, weight } of octavesOf(texture, view)) {
    for (let row = 0; row < size; row++) {
      let u = x - sin * row
      let v = y + cos * row
      for (let index = row * size, end = index + size; index < end; index++) {
        values[index] += weight * sampleTile(tile, u, v)
        u += cos
        v += sin
      }
    }
  }
}

function sampleTile(tile, u, v) {
  const column = Math.floor(u)
  const row = Math.floor(v)
  const fx = u - column
  const fy = v - row
  const left = column & tileMask
  const right = (column + 1) & tileMask
  const above = (row & tileMask) * tileSize
  const below = ((row + 1) & tileMask) * tileSize
  const top = tile[above + left] * (1 - fx) + tile[above + right] * fx
  const bottom = tile[below + left] * (1 - fx) + tile[below + right] * fx
  return top * (1 - fy) + bottom * fy
}

function paintDisc(target, size, disc, frame, light) {
  const { radius } = disc
  const period = size + 2 * radius
  const wrap = (value) => ((((value + radius) % period) + period) % period) - radius
  const cx = wrap(disc.at[0] + disc.velocity[0] * frame)
  const cy = wrap(disc.at[1] + disc.velocity[1] * frame)
  const layers = octavesOf(disc.texture, disc.view)
  for (let row = Math.max(0, Math.ceil(cy - radius)); row < size && row <= cy + radius; row++) {
    const half = Math.sqrt(Math.max(0, radius * radius - (row - cy) ** 2))
    for (let column = Math.max(0, Math.ceil(cx - half)); column < size && column <= cx + half; column++) {
      const x = column - cx
      const y = row - cy
      let value = 0
      for (const layer of layers) {
        const u = layer.x + layer.cos * x - layer.sin * y
        const v = layer.y + layer.sin * x + layer.cos * y
        value += layer.weight * sampleTile(disc.texture.tile, u, v)
      }
      put(target, (row * size + column) * 3, value, disc.paint, light)
    }
  }
}

function colour(target, values, paint, light) {
  for (let index = 0; index < values.length; index++) put(target, index * 3, values[index], paint, light)
}

function put(target, at, value, { base, axis }, { gain, offset }) {
  const scaled = value * gain
  target[at] = toByte(base[0] + offset + scaled * axis[0])
  target[at + 1] = toByte(base[1] + offset + scaled * axis[1])
  target[at + 2] = toByte(base[2] + offset + scaled * axis[2])
}

function addNoise(target, deviation, random) {
  let at = Math.floor(random() * grains.length)
  for (let index = 0; index < target.length; index += 3) {
    // 12289 is coprime to the table's length, so a frame walks through all of it without a visible pattern.
    at = (at + 12289) & (grains.length - 1)
    const grain = deviation * grains[at]
    target[index] = toByte(target[index] + grain)
    target[index + 1] = toByte(target[index + 1] + grain)
    target[index + 2] = toByte(target[index + 2] + grain)
  }
}

function toByte(value) {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0
}

function polar(length, angle) {
  return [length * Math.cos(angle), length * Math.sin(angle)]
}

function blurPeriodic(source, sigma) {
  const reach = Math.ceil(3 * sigma)
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  )
  const total = kernel.reduce((sum, value) => sum + value, 0)
  const pass = (input, alongRows) => {
    const output = new Float32Array(input.length)
    for (let row = 0; row < tileSize; row++) {
      for (let column = 0; column < tileSize; column++) {
        let sum = 0
        for (let tap = -reach; tap <= reach; tap++) {
          const r = alongRows ? row : (row + tap) & tileMask
          const c = alongRows ? (column + tap) & tileMask : column
          sum += kernel[tap + reach] * input[r * tileSize + c]
        }
        output[row * tileSize + column] = sum / total
      }
    }
    return output
  }
  return pass(pass(source, true), false)
}

/** Standard normal by Box and Muller. */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Uniform numbers in [0, 1) from a 32-bit seed: a Weyl sequence, mixed (the finaliser of MurmurHash3). */
function randomStream(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let word = state
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    return ((word ^ (word >>> 16)) >>> 0) / 2 ** 32
  }
}
