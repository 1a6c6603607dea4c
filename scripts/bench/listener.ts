import { RunClient } from '../../src/run/RunClient'

/** The client in a process of its own, as the extension host is: notes when each event arrived, and reports when asked. */
async function main({ port, token, run }: { port: number; token: string; run: string }): Promise<void> {
  const arrivals: { seq: number; at: number }[] = []
  const client = await RunClient.connect({
    id: run,
    name: run,
    schedule: '',
    created: new Date().toISOString(),
    state: 'running',
    reason: '',
    port,
    token,
  })
  client.on('event', ({ seq }) => arrivals.push({ seq, at: performance.timeOrigin + performance.now() }))
  await client.api.subscribe({ fromSeq: 1 })
  process.on('message', () => process.send!(arrivals))
  process.once('disconnect', () => process.exit(0))
  process.send!('ready')
}

void main(JSON.parse(process.env['BENCH_CLIENT']!) as { port: number; token: string; run: string })
