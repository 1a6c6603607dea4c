import { execFile } from 'node:child_process'
import { findOnPath } from '../runtime/findOnPath'
import type { EventOf, InputGauges } from '../protocol/events'

const query = 'utilization.gpu,memory.used,memory.total,power.draw,temperature.gpu'
const timeoutMs = 5000

export interface DeviceSampler {
  /** What the gauges say now; a gauge that does not exist or does not answer is absent. */
  sample(): Promise<EventOf<'device'>>
}

/** Samples this process, what reads the clips, and, through nvidia-smi where there is one, the GPU it is pinned to. */
export function deviceSampler(gpu: string | undefined, input?: () => InputGauges | undefined): DeviceSampler {
  const gauges = gpuGauges(gpu)
  let cpu = process.cpuUsage()
  let at = process.hrtime.bigint()
  return {
    async sample() {
      const used = process.cpuUsage(cpu)
      const now = process.hrtime.bigint()
      const elapsedUs = Number(now - at) / 1000
      cpu = process.cpuUsage()
      at = now
      const reading = input?.()
      return {
        type: 'device',
        ...(await gauges()),
        cpuUtilisation: (100 * (used.user + used.system)) / Math.max(1, elapsedUs),
        rssMiB: process.memoryUsage.rss() / 2 ** 20,
        ...(reading && { input: reading }),
      }
    },
  }
}

type Gauges = Partial<Omit<EventOf<'device'>, 'type' | 'input'>>

/** In samples: a driver that hangs is asked less and less often, and still found when it comes back. */
const longestPause = 31

function gpuGauges(gpu: string | undefined): () => Promise<Gauges> {
  let silent = 0
  let pause = 0
  return async () => {
    if (silent-- > 0) return {}
    const answer = await askGpu(gpu)
    if (answer === 'absent') silent = Infinity
    else if (answer === 'failed') silent = pause = Math.min(longestPause, 2 * pause + 1)
    else pause = 0
    return typeof answer === 'object' ? answer : {}
  }
}

function askGpu(gpu: string | undefined): Promise<Gauges | 'absent' | 'failed'> {
  const args = [`--query-gpu=${query}`, '--format=csv,noheader,nounits', ...(gpu ? [`--id=${gpu}`] : [])]
  // By its full path: Windows would look into the current directory first, which is the run's folder.
  const program = findOnPath('nvidia-smi', process.env)
  if (program === undefined) return Promise.resolve('absent')
  return new Promise((resolve) => {
    execFile(program, args, { timeout: timeoutMs, windowsHide: true, shell: false }, (error, stdout) => {
      if (!error) resolve(parseGauges(stdout))
      else resolve((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'failed')
    })
  })
}

/** One line of nvidia-smi's CSV; "[N/A]" and its like (MIG, old cards) leave a gauge out. */
export function parseGauges(csv: string): Gauges {
  const fields = (csv.split('\n')[0] ?? '').split(',').map((field) => field.trim())
  const names = [
    'gpuUtilisation',
    'gpuMemoryMiB',
    'gpuMemoryTotalMiB',
    'gpuPowerW',
    'gpuTemperature',
  ] as const
  const gauges: Gauges = {}
  names.forEach((name, i) => {
    const field = fields[i]
    if (field && Number.isFinite(Number(field))) gauges[name] = Number(field)
  })
  return gauges
}
