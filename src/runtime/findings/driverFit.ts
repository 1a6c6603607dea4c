/** The oldest NVIDIA driver that runs programs of a major version of CUDA (CUDA Toolkit release notes, table 2). */
const oldestDriver: Readonly<Record<number, { readonly linux: string; readonly windows: string }>> = {
  11: { linux: '450.80.02', windows: '452.39' },
  12: { linux: '525.60.13', windows: '528.33' },
  13: { linux: '580.65.06', windows: '580.65' },
}

/** The driver that CUDA `major` needs; undefined where that is not known. */
export function neededDriver(major: number, platform: NodeJS.Platform): string | undefined {
  return oldestDriver[major]?.[platform === 'win32' ? 'windows' : 'linux']
}

/** Whether a dotted version is at least another. */
export function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map((text) => text.split('.').map(Number))
  for (const [index, number] of want!.entries()) {
    const other = have![index] ?? 0
    if (other !== number) return other > number
  }
  return true
}
