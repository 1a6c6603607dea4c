const extensions = 'mp4|m4v|mov|mkv|webm|avi|mpg|mpeg|wmv|flv|3gp|ts|ogv'
const ending = new RegExp(`\\.(?:${extensions})$`, 'i')
const amid = new RegExp(`\\.(?:${extensions})(?=["'\\s,;]|$)`, 'i')

/** Whether a file of that name is taken for a video. */
export function isVideoName(name: string): boolean {
  return ending.test(name)
}

/** Whether a line of a list names a video somewhere. */
export function namesVideo(line: string): boolean {
  return amid.test(line)
}

/** A video's name without what says that it is one. */
export function stemOf(name: string): string {
  return name.replace(ending, '')
}
