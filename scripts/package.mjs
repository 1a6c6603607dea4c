// npm run package: a .vsix with the extension, the trainer and the command line; TensorFlow is installed by the extension.
// node scripts/package.mjs [--as-built] [--out FILE]; --as-built packs dist/ as it is, for tests.
import { createVSIX } from '@vscode/vsce'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { installPackages, root, run } from './install.mjs'
import { packageFault } from './packageFiles.mjs'

const mostMiB = 3

const asBuilt = process.argv.includes('--as-built')
const out = process.argv.indexOf('--out')
if (!asBuilt) {
  installPackages()
  if (!run(process.execPath, ['scripts/build.mjs', '--production'])) process.exit(1)
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const packagePath = path.resolve(
  out === -1 ? path.join(root, `${manifest.name}-${manifest.version}.vsix`) : process.argv[out + 1],
)
const fault = await packageFault()
if (fault !== undefined) fail(fault)
// Everything is bundled: the packages themselves stay out.
// The page of an installed extension shows the picture from the package; its links to docs are for readers of the tree.
await createVSIX({ cwd: root, packagePath, dependencies: false, rewriteRelativeLinks: false })
const MiB = statSync(packagePath).size / 2 ** 20
console.log(`${packagePath}: ${MiB.toFixed(2)} MiB`)
if (MiB > mostMiB) fail(`The package has more than ${mostMiB} MiB: something came in that should not.`)

function fail(message) {
  console.error(message)
  process.exit(1)
}
