/** The stream that ffmpeg decodes into its null output, from its log. */
export interface StreamShown {
  readonly codec: string
  /** As shown, rotation applied. */
  readonly width: number
  readonly height: number
  /** The rate by which ffmpeg would show it, frames per second; 0 where it names none. */
  readonly nominalRate: number
}

/** Undefined where the log does not say (so far). */
export function streamShown(log: string): StreamShown | undefined {
  const used = lineMatch(log, /Stream #0:(\d+) -> #0:0 \((\w+)/)
  const shown = lineMatch(log, /Stream #0:0\b.*: Video: wrapped_avframe\b.*?, (\d+)x(\d+)/)
  if (!used || !shown) return undefined
  const rate = lineMatch(log, new RegExp(`Stream #0:${used[1]!}\\b.*: Video: .*, ([\\d.]+)(k?) tbr`))
  return {
    codec: used[2]!,
    width: Number(shown[1]),
    height: Number(shown[2]),
    nominalRate: rate ? Number(rate[1]) * (rate[2] === 'k' ? 1000 : 1) : 0,
  }
}

/** At the start of a line only: a file's tags are logged too, and may hold anything. */
function lineMatch(log: string, words: RegExp): RegExpExecArray | null {
  return new RegExp(`^(?:\\[info\\])? *${words.source}`, 'm').exec(log)
}
