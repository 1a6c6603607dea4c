import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../src/config/load'
import type { Phase } from '../../src/schedule/plan'
import { loadBackend } from '../../src/trainer/backends/load'
import type { BackendName } from '../../src/trainer/backends/load'
import { deviceSampler } from '../../src/trainer/device'
import { EventLog } from '../../src/trainer/EventLog'
import { MicroBatches } from '../../src/trainer/MicroBatches'
import { NetworkLearner } from '../../src/trainer/NetworkLearner'
import { Server } from '../../src/trainer/Server'
import type { SessionApi } from '../../src/trainer/Server'
import { noise } from '../../src/trainer/timeShapes'
import { median, quantile } from './median'

const run = 'bench'
const shape = { batch: 16, frames: 4, size: 32 }
const stepsOfBlock = 10
const deviceEveryMs = 5000
const wholeBatch = { norm: { kind: 'plain' } } as unknown as Phase

/**
 * Prints what watching costs, as JSON: blocks of steps with the event log, the server, a client in another process and
 * the device sampler take turns with blocks without any of them. Steps are small, so that the share is an upper bound.
 */
async function main(name: BackendName, blocks: number): Promise<void> {
  await loadBackend(name)
  const { config } = loadConfig(path.resolve('examples/motion/motion.multigrid.json'))
  const learner = NetworkLearner.create(config, { classes: 8 }, new MicroBatches(console.error))
  const folder = mkdtempSync(path.join(tmpdir(), 'multigrid-bench-'))
  const log = new EventLog(path.join(folder, 'events.jsonl'))
  const server = new Server({ run, log, session: nobody, onBug: (error) => console.error(error) })
  const port = await server.listen()
  const listener = fork(path.join(__dirname, 'bench-listener.js'), {
    env: { ...process.env, BENCH_CLIENT: JSON.stringify({ port, token: server.token, run }) },
  })
  await new Promise((ready) => listener.once('message', ready))

  const sentAt: number[] = []
  const sampler = deviceSampler(undefined)
  let sampledAt = 0
  const tell = async (loss: number, seconds: number, iteration: number): Promise<void> => {
    sentAt[log.seq + 1] = performance.timeOrigin + performance.now()
    log.append({
      type: 'step',
      iteration,
      epoch: iteration / 10,
      phase: 0,
      shape: { ...shape, stride: 2 },
      lr: 0.01,
      loss,
      top1: 0.5,
      clips: shape.batch,
      seconds: { data: 0, compute: seconds },
      progress: 0.5,
      secondsLeft: 60,
    })
    if (performance.now() - sampledAt < deviceEveryMs) return
    sampledAt = performance.now()
    log.append(await sampler.sample())
  }

  const blockSeconds: Record<'off' | 'on', number[]> = { off: [], on: [] }
  let iteration = 0
  for (let block = -2; block < 2 * blocks; block++) {
    const kind = block % 2 === 0 ? 'off' : 'on'
    const began = performance.now()
    for (let i = 0; i < stepsOfBlock; i++, iteration++) {
      const stepBegan = performance.now()
      const { loss } = await learner.step(noise(shape), { lr: 0, iteration, phase: wholeBatch })
      if (kind === 'on') await tell(loss, (performance.now() - stepBegan) / 1000, iteration)
      await new Promise((turn) => setImmediate(turn)) // the loop yields to commands in both cases
    }
    if (block >= 0) blockSeconds[kind].push((performance.now() - began) / 1000 / stepsOfBlock)
  }

  const received = new Promise<{ seq: number; at: number }[]>((resolve) => {
    listener.once('message', (message) => resolve(message as { seq: number; at: number }[]))
  })
  await new Promise((rest) => setTimeout(rest, 200))
  listener.send('report')
  const latencies = (await received)
    .filter(({ seq }) => sentAt[seq] !== undefined)
    .map(({ seq, at }) => at - sentAt[seq]!)
  listener.disconnect()
  await server.close()
  log.close()
  rmSync(folder, { recursive: true })
  learner.dispose()

  const off = median(blockSeconds.off)
  const on = median(blockSeconds.on)
  process.stdout.write(
    JSON.stringify({
      monitoring: {
        backend: name,
        shape: `${shape.batch}x${shape.frames}x${shape.size}x${shape.size}`,
        blocks,
        secondsPerStepOff: round(off),
        secondsPerStepOn: round(on),
        // The pairs ran side by side: their ratio is free of the machine's slow drift.
        overheadPercent: round(
          100 * (median(blockSeconds.on.map((seconds, i) => seconds / blockSeconds.off[i]!)) - 1),
        ),
      },
      eventLatency: {
        events: latencies.length,
        medianMs: round(median(latencies)),
        p99Ms: round(quantile(latencies, 0.99)),
      },
    }),
  )
}

/** The server needs a session to answer for; the bench's client asks it nothing. */
const nobody: SessionApi = {
  state: 'running',
  hold: refuse,
  release: refuse,
  resume: refuse,
  stop: refuse,
  checkpoint: refuse,
  previewConfig: refuse,
  applyConfig: refuse,
  withdrawConfig: refuse,
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('The benchmark takes no orders.'))
}

const round = (value: number): number => Number(value.toPrecision(4))

void main(process.argv[2] as BackendName, Number(process.argv[3]))
