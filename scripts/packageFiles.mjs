import { listFiles, PackageManager } from '@vscode/vsce'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const list = path.join(root, 'scripts', 'packageFiles.txt')

/** @type {import('./packageFiles.mjs').packageFault} */
export async function packageFault(cwd = root) {
  const expected = readFileSync(list, 'utf8').split('\n').filter(Boolean)
  const found = (await listFiles({ cwd, packageManager: PackageManager.None })).map((file) =>
    file.replaceAll('\\', '/'),
  )
  const lines = [
    ...found.filter((file) => !expected.includes(file)).map((file) => `  too many: ${file}`),
    ...expected.filter((file) => !found.includes(file)).map((file) => `  missing: ${file}`),
  ]
  if (lines.length === 0) return undefined
  return [
    'The package does not have the files of scripts/packageFiles.txt:',
    ...lines.sort(),
    'What belongs there is written into that list, and into .vscodeignore.',
  ].join('\n')
}
