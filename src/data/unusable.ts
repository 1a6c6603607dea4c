import { stat } from 'node:fs/promises'
import { ClipError } from './clipError'
import type { FfmpegEnd } from './ffmpeg'
import type { VideoFootage } from './video'

/** What is wrong with a video of which no frame could be decoded. */
export async function unusable(
  { file, part }: Pick<VideoFootage, 'file' | 'part'>,
  { end, log }: FfmpegEnd,
): Promise<ClipError> {
  const found = await stat(file).catch(
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error',
  )
  if (typeof found === 'string') return new ClipError(`it cannot be opened (${found})`)
  if (found.size === 0) return new ClipError('the file is empty')
  const words = complaints(file, log).slice(-2).join('; ')
  if (!words && part) return new ClipError(`it shows nothing from ${part[0]} s to ${part[1]} s`)
  return new ClipError(words || (end === 0 ? 'it holds no video' : `ffmpeg ended with ${end}`))
}

/** What ffmpeg called an error, without the name of the part that said so and of the file. */
export function complaints(file: string, log: string): string[] {
  const lines = log
    .replaceAll(`file:${file}: `, '')
    .split('\n')
    .flatMap((line) => {
      const error = /^(?:\[[^\]]*@[^\]]*\] )*\[(?:error|fatal|panic)\] (.*\S)/.exec(line)
      return error ? [error[1]!] : []
    })
  return [...new Set(lines)]
}

/** Why a video of which so many frames could be decoded is not used at all, if it is not. */
export function tooLittle(
  decoded: number,
  promised: number,
  complaints: readonly string[],
): string | undefined {
  if (decoded >= promised / 2 || complaints.length === 0) return undefined
  return `only ${decoded} of ${promised} frames can be decoded`
}
