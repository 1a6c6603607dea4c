import { readFile, stat } from 'node:fs/promises'
import { HumanError } from '../../HumanError'
import type { Source } from './listing'

const mostMegabytes = 500

/** A list as text: UTF-8, or UTF-16 as spreadsheets write it. Throws HumanError; `key` is where the schedule names it. */
export async function readText(file: string, key: string): Promise<Source> {
  const refuse = (why: string): HumanError =>
    new HumanError(`${key}: ${file} cannot be read (${why}). Correct the path in the schedule file.`)
  const found = await stat(file).catch((error: unknown) => {
    throw refuse(codeOf(error))
  })
  if (!found.isFile()) throw refuse('it is no file')
  if (found.size > mostMegabytes * 1e6)
    throw refuse(`it has ${Math.round(found.size / 1e6)} MB, and a list at most ${mostMegabytes}`)
  const bytes = await readFile(file).catch((error: unknown) => {
    throw refuse(codeOf(error))
  })
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
  return { file, text: new TextDecoder(wide ? 'utf-16le' : 'utf-8').decode(bytes) }
}

/** The system's word for what went wrong, such as ENOENT. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
