import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { gibibytes } from './bytes'
import type { Finding } from './Finding'

export interface Place {
  /** The folder, or the nearest one above it that exists. */
  readonly folder: string
  readonly device: number
  readonly free: number
  readonly writable: boolean
}

const enough = 2 * 2 ** 30

/** `places`: where runs are written and the runtime lies; several on one disk are told once. */
export function diskFinding(places: readonly Place[]): Finding {
  const id = 'disk'
  const disks = places.filter(
    (place, index) => places.findIndex(({ device }) => device === place.device) === index,
  )
  const detail = disks.map(({ free, folder }) => `${gibibytes(free)} free at ${folder}`).join('; ')
  const locked = places.filter(({ writable }) => !writable).map(({ folder }) => folder)
  if (locked.length > 0) {
    return {
      id,
      status: 'missing',
      detail: `${detail}; not writable: ${locked.join(', ')}`,
      meaning:
        'Runs are written beside their schedule, the runtime into a folder of yours: both must be writable.',
      remedies: [],
    }
  }
  const short = disks.some(({ free }) => free < enough)
  return {
    id,
    status: short ? 'warning' : 'ok',
    detail,
    meaning: short
      ? `Free some space: the runtime and the checkpoints of a run take up to ${gibibytes(enough)} and more.`
      : 'Room for runs, their checkpoints and the runtime.',
    remedies: [],
  }
}

export async function placeOf(folder: string): Promise<Place> {
  let at = folder
  for (;;) {
    try {
      const { dev } = await stat(at)
      const { bavail, bsize } = await statfs(at)
      const writable = await access(at, constants.W_OK).then(
        () => true,
        () => false,
      )
      return { folder: at, device: dev, free: bavail * bsize, writable }
    } catch (error) {
      const above = path.dirname(at)
      if (above === at) throw error
      at = above
    }
  }
}
