import { join } from 'node:path'

/** Where screenshots and the logs of failed tests go. */
export const resultsFolder = join(process.cwd(), 'test-results')

/** A file name in it for a sentence. */
export function resultPath(sentence: string, ending: string): string {
  return join(resultsFolder, sentence.replace(/[^\w.-]+/g, '-').slice(0, 100) + ending)
}
