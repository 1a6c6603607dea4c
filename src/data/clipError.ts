/** One clip cannot be used. `reason` is a phrase for a person, from ffmpeg's own words where they are its. */
export class ClipError extends Error {
  override readonly name = 'ClipError'
  constructor(readonly reason: string) {
    super(reason)
  }
}
