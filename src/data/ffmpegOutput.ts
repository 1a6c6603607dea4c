import { ClipError } from './clipError'
import type { Frames } from './cut'
import { outputPipe } from './ffmpeg'
import type { FrameBytes } from './FrameBytes'
import type { FrameLog } from './FrameLog'

/** Frames as they come, numbered anew at a constant rate, else ffmpeg would repeat and drop some to even out their times. */
export function outputArgs(
  filters: readonly string[],
  { count, input = 0, output = 0 }: { count?: number; input?: number; output?: number } = {},
): string[] {
  const chain = [...filters, 'settb=1/25', 'setpts=N'].join(',')
  const limit = count === undefined ? [] : ['-frames:v', `${count}`]
  const format = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-threads', '1', outputPipe(output)]
  return ['-map', `${input}:V:0`, '-filter_threads', '1', '-vf', chain, '-r', '25', ...limit, ...format]
}

export function scaleTo(shortSide: number): string {
  const side = Math.round(shortSide)
  return `scale=w='if(lt(iw,ih),min(${side},iw),-1)':h='if(lt(iw,ih),-1,min(${side},ih))'`
}

/** Whole frames only: what a killed ffmpeg left half-written at the end is dropped. */
export function framesOf(bytes: FrameBytes, log: FrameLog): Frames {
  const { width, height, changedAfter } = log
  if (changedAfter !== undefined) {
    throw new ClipError(`its picture size changes after ${changedAfter} frames`)
  }
  const frameBytes = frameBytesOf(log)
  const count = frameBytes === 0 ? 0 : Math.floor(bytes.length / frameBytes)
  return { pixels: bytes.take(count * frameBytes), count, width, height }
}

/** Of one frame; 0 before the first was logged. */
export function frameBytesOf({ width, height }: FrameLog): number {
  return width * height * 3
}
