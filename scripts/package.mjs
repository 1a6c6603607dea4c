// npm run package: a .vsix with the extension, the trainer and the command line; TensorFlow is installed by the extension.
import { createVSIX } from '@vscode/vsce'
import { statSync } from 'node:fs'
import path from 'node:path'
import { installPackages, root, run } from './install.mjs'

installPackages()
if (!run(process.execPath, ['scripts/build.mjs', '--production'])) process.exit(1)
const { default: manifest } = await import('../package.json', { with: { type: 'json' } })
const packagePath = path.join(root, `${manifest.name}-${manifest.version}.vsix`)
// Everything is bundled: the packages themselves stay out.
// The page of an installed extension shows the picture from the package; its links to docs are for readers of the tree.
await createVSIX({ cwd: root, packagePath, dependencies: false, rewriteRelativeLinks: false })
console.log(`${packagePath}: ${(statSync(packagePath).size / 2 ** 20).toFixed(1)} MiB`)
