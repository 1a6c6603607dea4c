// Writes media/multigrid.schema.json from src/config/schema.ts.
// node scripts/schema.mjs
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import esbuild from 'esbuild'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const { outputFiles } = await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['src/config/jsonSchema.ts'],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
})
const { jsonSchema } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
)
writeFileSync(path.join(root, 'media/multigrid.schema.json'), `${JSON.stringify(jsonSchema(), null, 2)}\n`)
