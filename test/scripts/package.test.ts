import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packageFault } from '../../scripts/packageFiles.mjs'

const list = readFileSync('scripts/packageFiles.txt', 'utf8').split('\n').slice(0, -1)

describe('the files of the package', () => {
  let tree: string
  beforeEach(() => {
    tree = mkdtempSync(path.join(tmpdir(), 'package-'))
    for (const name of ['package.json', '.vscodeignore']) copyFileSync(name, path.join(tree, name))
    for (const name of list) {
      mkdirSync(path.dirname(path.join(tree, name)), { recursive: true })
      if (!existsSync(path.join(tree, name))) writeFileSync(path.join(tree, name), '')
    }
  })
  afterEach(() => rmSync(tree, { recursive: true }))

  it('are those of the list, in the tree as it is built', async () => {
    expect(await packageFault()).toBeUndefined()
    expect(list).toEqual([...list].sort())
  })

  it('are told by name where there is one too many or too few', async () => {
    expect(await packageFault(tree)).toBeUndefined()
    writeFileSync(path.join(tree, 'media/secret.key'), '')
    rmSync(path.join(tree, 'dist/browser.js'))
    expect(await packageFault(tree)).toMatch(
      /^ {2}missing: dist\/browser\.js\n {2}too many: media\/secret\.key$/m,
    )
  })

  it('are not sources, tests, maps or packages, whatever lies there', async () => {
    for (const name of [
      'src/a.ts',
      'test/a.ts',
      'dist/extension.js.map',
      'dist/test/a.js',
      'node_modules/a/index.js',
      '.env',
      '.multigrid/runs/a/run.json',
    ]) {
      mkdirSync(path.dirname(path.join(tree, name)), { recursive: true })
      writeFileSync(path.join(tree, name), '')
    }
    cpSync('examples', path.join(tree, 'examples'), {
      recursive: true,
      filter: (from) => !from.includes('data'),
    })
    expect(await packageFault(tree)).toBeUndefined()
  })
})
