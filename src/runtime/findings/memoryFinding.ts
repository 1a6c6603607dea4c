import { gibibytes } from './bytes'
import type { Finding } from './Finding'

const enough = 4 * 2 ** 30

export function memoryFinding(what: { free: number; total: number; cores: number }): Finding {
  const { free, total, cores } = what
  const short = free < enough
  return {
    id: 'memory',
    status: short ? 'warning' : 'ok',
    detail: `${gibibytes(free)} free of ${gibibytes(total)}, ${cores === 1 ? 'one core' : `${cores} cores`}`,
    meaning: short
      ? 'End other programs, or train on small shapes.'
      : 'A step that does not fit is taken in parts.',
    remedies: [],
  }
}
