const most = 3
const longest = 200

/** The last few of ffmpeg's complaints that differ in more than their numbers. */
export function kinds(complaints: readonly string[]): string[] {
  const byKind = new Map<string, string>()
  for (const line of complaints) {
    const kind = line.replace(/0x[\da-f]+|\d+/gi, '#')
    byKind.delete(kind)
    byKind.set(kind, line)
  }
  return [...byKind.values()].slice(-most).map((line) => line.slice(0, longest))
}
