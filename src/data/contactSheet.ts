import { HumanError } from '../HumanError'
import { runFfmpeg } from './ffmpeg'

/** rgb24. */
export interface Picture {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

/** Around each frame, pixels; dark grey, so that black frames have an edge too. */
export const gap = 2
const ground = 48

/** Frames, each size × size × 3 bytes one after another, in rows of `columns`. */
export function contactSheet({
  pixels,
  size,
  columns,
}: {
  pixels: Uint8Array
  size: number
  columns: number
}): Picture {
  const frameBytes = size * size * 3
  const frames = pixels.length / frameBytes
  const rows = Math.ceil(frames / columns)
  const width = columns * (size + gap) + gap
  const height = rows * (size + gap) + gap
  const sheet = new Uint8Array(width * height * 3).fill(ground)
  for (let frame = 0; frame < frames; frame++) {
    const left = gap + (frame % columns) * (size + gap)
    const top = gap + Math.floor(frame / columns) * (size + gap)
    for (let line = 0; line < size; line++) {
      const from = frame * frameBytes + line * size * 3
      sheet.set(pixels.subarray(from, from + size * 3), ((top + line) * width + left) * 3)
    }
  }
  return { pixels: sheet, width, height }
}

/** As a PNG file. Rejects with the signal's reason when it is aborted. */
export async function encodePng(
  ffmpeg: string,
  { pixels, width, height }: Picture,
  signal: AbortSignal = new AbortController().signal,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  const { end, log } = await runFfmpeg({
    ffmpeg,
    args: [
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-video_size', `${width}x${height}`, '-i', 'pipe:0'],
      ...['-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', 'pipe:1'],
    ],
    signal,
    input: once(pixels),
    onOutput: (chunk) => chunks.push(chunk),
  })
  signal.throwIfAborted()
  if (end !== 0)
    throw new HumanError(`ffmpeg could not write the picture (${log.trim().split('\n').at(-1) || end}).`)
  return Buffer.concat(chunks)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  yield bytes
}
