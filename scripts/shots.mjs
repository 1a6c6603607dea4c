// Pictures of the sidebar view in every state and theme: node scripts/shots.mjs [part of a name]
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

process.chdir(join(import.meta.dirname, '..'))
const folder = await mkdtemp(join('node_modules', '.shots-'))
try {
  const outfile = join(folder, 'takeShots.mjs')
  await build({
    entryPoints: ['test/webviewBrowser/takeShots.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  const { takeShots } = await import(pathToFileURL(outfile).href)
  await takeShots(process.argv[2])
} finally {
  await rm(folder, { recursive: true, force: true })
}
