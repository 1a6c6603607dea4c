import { execFile, execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, get } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { RunClient } from '../../src/run/RunClient'
import { readRun } from '../../src/run/runFolders'
import type { RunRecord } from '../../src/protocol/runRecord'
import { command, Followed, forHours, removeWorkspaces, workspace } from '../trainer/process/workspace'
import type { Workspace } from '../trainer/process/workspace'
import { launchBrowser, noBrowser } from '../webviewBrowser/openView'

const run = promisify(execFile)
let place: Workspace
let followed: Followed

const record = (): RunRecord => readRun(followed.run.folder)!.record
const step = async (): Promise<void> => {
  const before = followed.run.history.current.now?.iteration ?? 0
  await followed.untilStep(before + 2)
}

beforeAll(async () => {
  place = await workspace(forHours)
  followed = Followed.of(place)
  await followed.run.start(await command())
  await followed.untilStep(1)
}, 60_000)
afterAll(() => {
  followed.kill()
  followed.run.dispose()
  removeWorkspaces()
})

describe('the token of a trainer', () => {
  it.skipIf(process.platform !== 'linux')('is in its record, and nowhere that others can look', async () => {
    const { token, pid, port } = record()
    expect(token).toHaveLength(43)
    expect(followed.run.record.port).toBe(port)
    expect(statSync(path.join(followed.run.folder, 'run.json')).mode & 0o777).toBe(0o600)
    const shown = [
      execFileSync('ps', ['-e', '-ww', '-o', 'args'], { encoding: 'utf8' }),
      readFileSync(`/proc/${pid}/environ`, 'latin1'),
      ...readdirSync(followed.run.folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => !name.endsWith('run.json'))
        .map((name) => textOf(path.join(followed.run.folder, name))),
      ...(await Promise.all(
        [
          ['runs', place.folder],
          ['runs', place.folder, '--json'],
          ['watch', '--help'],
        ].map(async (args) => {
          const { stdout, stderr } = await run(process.execPath, ['dist/cli.js', ...args]).catch(
            (error: unknown) => error as { stdout: string; stderr: string },
          )
          return stdout + stderr
        }),
      )),
      JSON.stringify(followed.events),
      JSON.stringify(followed.run.history.view()),
    ]
    expect(shown[0]).toContain('trainer.js')
    expect(shown.join('\n')).toContain(followed.run.record.id)
    for (const text of shown) expect(text.includes(token!)).toBe(false)
  })

  it('is needed, whole', async () => {
    const { port, token } = record()
    const status = (authorization?: string): Promise<number> =>
      upgrade(port!, { ...(authorization && { authorization }) })
    expect(await status()).toBe(401)
    expect(await status('Bearer ')).toBe(401)
    expect(await status(`Bearer ${token!.slice(0, -1)}`)).toBe(401)
    expect(await status(`Bearer ${token!}x`)).toBe(401)
    expect(await status(`Basic ${token!}`)).toBe(401)
    expect(await status(`Bearer ${token!}`)).toBe(101)
  })
})

describe('the port of a trainer', () => {
  it('is open on the loopback interface only', async () => {
    const { port } = record()
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one && !one.internal && one.family === 'IPv4')
      .map((one) => one!.address)
    for (const host of ['127.0.0.2', ...others]) {
      const open = await new Promise<boolean>((resolve) => {
        const socket = connect({ host, port: port!, timeout: 1000 })
        socket
          .once('connect', () => resolve(true))
          .once('error', () => resolve(false))
          .once('timeout', () => resolve(false))
        socket.once('connect', () => socket.destroy())
      })
      expect(open, host).toBe(false)
    }
  })

  it('answers to no name but its own', async () => {
    const { port, token } = record()
    const authorization = `Bearer ${token!}`
    for (const host of [
      'evil.test',
      `evil.test:${port}`,
      `127.0.0.1.evil.test:${port}`,
      '127.0.0.1:1',
      '127.0.0.1',
    ])
      expect(await upgrade(port!, { authorization, host }), host).toBe(403)
    expect(await upgrade(port!, { authorization, host: `localhost:${port}` })).toBe(101)
  })

  it('stands a flood of strangers: few are kept, none for long, and a client gets in', async () => {
    const { port } = record()
    const strangers: Socket[] = []
    const left = () => strangers.filter((socket) => !socket.destroyed).length
    for (let i = 0; i < 400; i++) {
      const socket = connect({ host: '127.0.0.1', port: port! })
      socket.on('error', () => undefined)
      // Half of them begin a request that never ends.
      if (i % 2) socket.write('GET / HTTP/1.1\r\nX-Slow: ')
      strangers.push(socket)
    }
    await expect.poll(left, { timeout: 60_000 }).toBeLessThan(40)
    const client = await RunClient.connect(record())
    expect(await client.api.previewConfig({ config: {} }).catch((error: unknown) => String(error))).toMatch(
      /data/,
    )
    client.dispose()
    await step()
    await expect.poll(left, { timeout: 60_000 }).toBe(0)
  })

  it('stands frames that are no requests', async () => {
    const { port, token } = record()
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    for (const frame of [
      'null',
      '[]',
      '1',
      '""',
      '{}',
      '{"jsonrpc":"2.0"}',
      deep,
      '{',
      'x'.repeat((1 << 20) + 1),
      '{"jsonrpc":"2.0","id":1,"method":"__proto__"}',
      '{"jsonrpc":"2.0","id":{"a":1},"method":"constructor","params":{"__proto__":{"x":1}}}',
    ]) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
        headers: { authorization: `Bearer ${token!}` },
      })
      await new Promise((resolve) => socket.once('open', resolve))
      socket.on('error', () => undefined)
      socket.send(frame)
      await delay(50)
      socket.terminate()
    }
    const huge = connect({ host: '127.0.0.1', port: port! })
    const ended = new Promise((resolve) => huge.on('error', () => undefined).once('close', resolve))
    huge.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: ${'x'.repeat(1 << 20)}\r\n\r\n`)
    huge.resume()
    await ended
    await step()
    expect(record().state).toBe('running')
  })
})

describe.skipIf(noBrowser)('a web page on the same machine', () => {
  let browser: Browser
  let site: Server
  beforeAll(async () => {
    browser = await launchBrowser(['--host-resolver-rules=MAP evil.test 127.0.0.1'])
    site = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>page</h1>'),
    )
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    await browser.close()
    site.close()
  })

  it('gets nothing from a trainer by any road that a browser has', async () => {
    const { port, token } = record()
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
    const got = await page.evaluate<Record<string, string>>(`(async () => {
      const http = 'http://127.0.0.1:${port}/', got = {}
      const tell = (promise) => promise.then(async (r) => r.type + ' ' + r.status + ' ' + (await r.text()), (e) => 'refused: ' + e.message)
      const socket = (url, protocols) => new Promise((resolve) => {
        try {
          const ws = new WebSocket(url, protocols)
          ws.onopen = () => resolve('OPEN'); ws.onerror = () => {}; ws.onclose = (e) => resolve('closed ' + e.code)
        } catch (e) { resolve('refused: ' + e.message) }
      })
      got.socket = await socket('ws://127.0.0.1:${port}/')
      got.localhost = await socket('ws://localhost:${port}/')
      got.protocol = await socket('ws://127.0.0.1:${port}/?token=${token!}', ['Bearer', '${token!}'])
      got.user = await socket('ws://user:${token!}@127.0.0.1:${port}/')
      got.cors = await tell(fetch(http))
      got.noCors = await tell(fetch(http, { mode: 'no-cors' }))
      got.token = await tell(fetch(http, { headers: { authorization: 'Bearer ${token!}' } }))
      got.post = await tell(fetch(http, { method: 'POST', mode: 'no-cors', body: '{"jsonrpc":"2.0","id":1,"method":"stop","params":{"checkpoint":false}}' }))
      return got
    })()`)
    expect(got).toEqual({
      socket: 'closed 1006',
      localhost: 'closed 1006',
      protocol: 'closed 1006',
      user: expect.stringMatching(/^closed 1006|^refused/) as string,
      cors: 'refused: Failed to fetch',
      noCors: 'opaque 0 ',
      token: 'refused: Failed to fetch',
      post: 'opaque 0 ',
    })
    await step()
    await page.close()
  })

  it('gets nothing by a name that was made to point here', async () => {
    const { port } = record()
    const page = await browser.newPage()
    const answer = await page.goto(`http://evil.test:${port}/`)
    expect(answer?.status()).toBe(403)
    expect(await answer?.text()).toBe('Web pages are not served.\n')
    expect(answer?.headers()['access-control-allow-origin']).toBeUndefined()
    await page.close()
  })
})

describe('a trainer that is started again', () => {
  it('has another token, in a record that is its user’s alone', async () => {
    const { token } = record()
    await followed.run.api.stop({ checkpoint: true })
    await followed.run.ended()
    expect(statSync(path.join(followed.run.folder, 'run.json')).mode & 0o777).toBe(0o600)
    await followed.run.start(await command())
    await expect.poll(() => record().token, { timeout: 20_000 }).not.toBe(token)
    expect(statSync(path.join(followed.run.folder, 'run.json')).mode & 0o777).toBe(0o600)
    expect(await upgrade(record().port!, { authorization: `Bearer ${token!}` })).toBe(401)
  })
})

/** A file's text; nothing of a folder, and of a file that went while the trainer worked on. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch (error) {
    if (['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

/** The status of the answer to an upgrade. */
function upgrade(port: number, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({
      host: '127.0.0.1',
      port,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        ...headers,
      },
    })
    request.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.once('upgrade', (_response, socket) => {
      socket.destroy()
      resolve(101)
    })
    request.once('error', reject)
  })
}
