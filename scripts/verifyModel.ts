import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadBackend } from '../src/trainer/backends/load'
import type { BackendName } from '../src/trainer/backends/load'
import { verifyModel } from '../src/trainer/verify'

/** `FILE.safetensors [--backend auto]`: prints how far the network is from what the file says it computes, as JSON. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { backend: { type: 'string', default: 'auto' } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (file === undefined) throw new Error('Which file? npm run -s verify:model -- FILE.safetensors')
  const backend = await loadBackend(values.backend as 'auto' | BackendName)
  const verification = verifyModel(readFileSync(file), file)
  process.stdout.write(`${JSON.stringify({ backend: backend.name, ...verification }, null, 2)}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
})
