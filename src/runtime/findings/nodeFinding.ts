import type { FoundNode } from '../node'
import type { Finding } from './Finding'

export function nodeFinding({ version, path: file, nativeCapable }: FoundNode): Finding {
  const found = { id: 'node', detail: `${version} (${file})` } as const
  return nativeCapable
    ? { ...found, status: 'ok', meaning: 'Fit to run the trainer.', remedies: [] }
    : {
        ...found,
        status: 'warning',
        meaning:
          'This is the editor’s own, which runs the trainer with the slow wasm backend only: install Node.js 18 or newer from https://nodejs.org.',
        remedies: ['chooseNode'],
      }
}
