/**
 * What a path that is not there may have meant on another system: with backslashes as separators, a Windows drive as
 * mounted by WSL or left out, and one from `/` as from the root of the list.
 */
export function slashed(written: string): string[] {
  const forward = written.replaceAll('\\', '/')
  const [, drive, rest] = /^([a-z]):\/+(.*)$/i.exec(forward) ?? []
  if (drive !== undefined && rest !== undefined) return [`/mnt/${drive.toLowerCase()}/${rest}`, rest]
  if (forward.startsWith('/')) return [forward.replace(/^\/+/, '')]
  return forward === written ? [] : [forward]
}
