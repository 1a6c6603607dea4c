import path from 'node:path'
import { runHostTests } from '../../test/vscode/hostTests'
import { median } from './median'

/** Opens a VS Code window `repeats` times and prints the median milliseconds of the extension's activation, as JSON. */
async function main(repeats: number): Promise<void> {
  const milliseconds: number[] = []
  const print = console.log
  console.log = (line: string) => {
    const found = /^activation (\d+(?:\.\d+)?)$/.exec(line)
    if (found) milliseconds.push(Number(found[1]))
  }
  for (let i = 0; i < repeats; i++) {
    await runHostTests({
      extension: path.resolve('.'),
      tests: path.join(__dirname, 'bench-inHost.js'),
    })
  }
  console.log = print
  if (milliseconds.length < repeats) throw new Error('A VS Code window did not report its activation.')
  process.stdout.write(JSON.stringify({ medianMs: Number(median(milliseconds).toFixed(1)), repeats }))
  process.exit(0)
}

void main(Number(process.argv[2]))
