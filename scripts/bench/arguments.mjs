import { parseArgs } from 'node:util'

const usual = ['schedule', 'step', 'monitoring', 'activation', 'sizes']
export const parts = [...usual, 'input', 'multigrid']

/** What `npm run bench` is asked to measure, and how; throws an error that a person can read. */
export function benchArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      stock: { type: 'boolean', default: false },
      torch: { type: 'string' },
      seeds: { type: 'string', default: '3' },
      epochs: { type: 'string', default: '60' },
      variants: { type: 'string' },
      ffmpeg: { type: 'string' },
    },
  })
  const unknown = positionals.find((part) => !parts.includes(part))
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}": ${parts.join(', ')}.`)
  for (const count of ['seeds', 'epochs']) {
    if (!/^[1-9]\d{0,4}$/.test(values[count])) {
      throw new Error(`--${count} must be a whole number from 1, not "${values[count]}".`)
    }
  }
  const chosen = parts.filter((part) => (positionals.length > 0 ? positionals : usual).includes(part))
  if (values.ffmpeg !== undefined && !chosen.includes('input')) {
    throw new Error('--ffmpeg belongs to the part "input".')
  }
  for (const peer of ['stock', 'torch']) {
    if (values[peer] && !chosen.includes('step')) throw new Error(`--${peer} belongs to the part "step".`)
  }
  return { ...values, chosen }
}
