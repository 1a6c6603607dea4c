import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { HumanError } from '../../src/HumanError'
import type { EventPayload, RunEvent } from '../../src/protocol/events'
import type { RunRecord } from '../../src/protocol/runRecord'
import { RunClient } from '../../src/run/RunClient'
import { EventLog } from '../../src/trainer/EventLog'
import { Server } from '../../src/trainer/Server'
import type { SessionApi } from '../../src/trainer/Server'

const note = (message: string): EventPayload => ({ type: 'problem', kind: 'note', message })

const session: { -readonly [K in keyof SessionApi]: SessionApi[K] } = {
  state: 'running',
  hold: () => Promise.resolve({}),
  resume: () => Promise.reject(new HumanError('It is not paused.')),
  release: () => Promise.resolve({ iteration: 7 }),
  stop: () => Promise.resolve({ iteration: 7 }),
  checkpoint: () => Promise.reject(new TypeError('a bug, with a secret')),
  previewConfig: () => new Promise(() => undefined),
  applyConfig: () => Promise.resolve({ fromEpoch: 1, changes: [] }),
  withdrawConfig: () => Promise.resolve({}),
}

let log: EventLog
let server: Server
let port: number
let bugs: unknown[]

beforeEach(async () => {
  log = new EventLog(path.join(mkdtempSync(path.join(tmpdir(), 'server-')), 'events.jsonl'))
  bugs = []
  server = new Server({ run: 'run-1', log, session, onBug: (bug) => bugs.push(bug) })
  port = await server.listen()
})

afterEach(async () => {
  await server.close()
  log.close()
})

const record = (change: Partial<RunRecord> = {}): RunRecord => ({
  id: 'run-1',
  name: 'run',
  created: '',
  schedule: '',
  state: 'running',
  reason: '',
  port,
  token: server.token,
  ...change,
})

/** The status with which an upgrade is refused. */
function refusal(headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers })
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('open', () => reject(new Error('it was let in')))
    socket.on('error', () => undefined)
  })
}

function collect(client: RunClient, count: number): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  return new Promise((resolve) =>
    client.on('event', (event) => {
      events.push(event)
      if (events.length === count) resolve(events)
    }),
  )
}

describe("the trainer's socket", () => {
  it('refuses a client without the token', async () => {
    expect(await refusal({})).toBe(401)
    expect(await refusal({ authorization: `Bearer ${'x'.repeat(server.token.length)}` })).toBe(401)
  })

  it('refuses a browser, even with the token', async () => {
    expect(await refusal({ origin: 'http://127.0.0.1', authorization: `Bearer ${server.token}` })).toBe(403)
  })

  it('refuses a client of another run', async () => {
    await expect(RunClient.connect(record({ id: 'run-2' }))).rejects.toThrow(
      'This trainer runs "run-1", not "run-2".',
    )
  })

  it('tells a person when nobody answers on the port', async () => {
    await expect(RunClient.connect(record({ port: 1 }))).rejects.toThrow(
      /No trainer of "run-1" answers on port 1/,
    )
  })

  it('closes a connection whose frame is over 1 MiB', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
      headers: { authorization: `Bearer ${server.token}` },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const code = new Promise((resolve) => socket.once('close', resolve))
    socket.send('x'.repeat((1 << 20) + 1))
    expect(await code).toBe(1009)
  })

  it('wants a hello before anything else', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
      headers: { authorization: `Bearer ${server.token}` },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const reply = new Promise<string>((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data.toString())),
    )
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'hold' }))
    expect(await reply).toContain('Say \\"hello\\"')
    socket.close()
  })

  it('answers with a refusal that a person can read', async () => {
    const client = await RunClient.connect(record())
    await expect(client.api.resume({})).rejects.toThrow('It is not paused.')
    client.dispose()
  })

  it('keeps the words of a bug to its own log', async () => {
    const client = await RunClient.connect(record())
    await expect(client.api.checkpoint({})).rejects.toThrow(/^"checkpoint" failed inside the trainer/)
    expect(String(bugs[0])).toContain('a secret')
    client.dispose()
  })

  it('says which parameter it does not take', async () => {
    const client = await RunClient.connect(record())
    await expect(client.api.subscribe({ fromSeq: 0 })).rejects.toThrow(/"subscribe"/)
    client.dispose()
  })

  it('settles a request whose connection closes', async () => {
    const client = await RunClient.connect(record())
    const asked = client.api.previewConfig({ config: {} })
    client.dispose()
    await expect(asked).rejects.toThrow(/closed the connection/)
  })

  it('replays what a client missed, then goes on live, in order, without a gap or a double', async () => {
    for (let i = 0; i < 3000; i++) log.append(note(`before ${i}`))
    const client = await RunClient.connect(record())
    const events = collect(client, 3200)
    await client.api.subscribe({ fromSeq: 1 })
    for (let i = 0; i < 200; i++) {
      log.append(note(`after ${i}`))
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await events).map(({ seq }) => seq)).toEqual(Array.from({ length: 3200 }, (_, i) => i + 1))
    client.dispose()
  })

  it('replays from where a client left off', async () => {
    for (let i = 0; i < 600; i++) log.append(note(`${i}`))
    const client = await RunClient.connect(record())
    const events = collect(client, 500)
    await client.api.subscribe({ fromSeq: 101 })
    expect((await events)[0]?.seq).toBe(101)
    client.dispose()
  })

  describe('that the last client has left', () => {
    const connected = async (wish?: 'train' | 'release'): Promise<RunClient> => {
      const client = await RunClient.connect(record())
      if (wish) await client.api.whenAlone({ do: wish, afterSeconds: 0.1 })
      return client
    }
    const leaves = async (client: RunClient): Promise<void> => {
      client.dispose()
      await new Promise<void>((resolve) => client.once('close', () => resolve()))
    }
    const later = () => new Promise((resolve) => setTimeout(resolve, 300))
    let released: number
    beforeEach(() => {
      released = 0
      session.release = () => {
        released++
        return Promise.resolve({ iteration: 7 })
      }
    })

    it('releases the run when that one asked for it', async () => {
      await leaves(await connected('release'))
      await later()
      expect(released).toBe(1)
    })

    it('goes on unasked, and when another one left last', async () => {
      await leaves(await connected())
      const [first, last] = [await connected('release'), await connected('train')]
      await leaves(first)
      await leaves(last)
      await later()
      expect(released).toBe(0)
    })

    it('goes on while one is there, and when one comes back in time', async () => {
      const [first, last] = [await connected('release'), await connected('release')]
      await leaves(first)
      await later()
      expect(released).toBe(0)
      await leaves(last)
      const back = await connected()
      await later()
      expect(released).toBe(0)
      await leaves(back)
    })
  })

  it('leaves a client that does not read behind, and loses nothing of what it was to read', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
      headers: { authorization: `Bearer ${server.token}` },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'hello', params: { run: 'run-1', protocol: 1 } }),
    )
    await new Promise((resolve) => socket.once('message', resolve))
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'subscribe', params: { fromSeq: 1 } }))
    await new Promise((resolve) => socket.once('message', resolve))
    socket.pause()
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external
    const count = 60_000
    for (let i = 0; i < count; i++) {
      log.append(note(`${i} ${'y'.repeat(400)}`))
      if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().external - before
    expect(grown).toBeLessThan(16 << 20) // 30 MB were written
    let next = 1
    const all = new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer) => {
        const { params } = JSON.parse(data.toString()) as { params: { seq: number } }
        expect(params.seq).toBe(next++)
        if (next > count) resolve()
      }),
    )
    socket.resume()
    await all
    socket.terminate()
  })
})
