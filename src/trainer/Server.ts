import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { HumanError } from '../HumanError'
import { answer, connectionOver } from '../protocol/connection'
import { maxFrameBytes, protocolVersion } from '../protocol/requests'
import type { Params, TrainerApi } from '../protocol/requests'
import type { EventLog } from './EventLog'
import { Subscription } from './Subscription'

const heartbeatMs = 15_000
const missedHeartbeats = 4

/** Connections that have shown no token yet: so many at once, and each for so long. */
const mostStrangers = 32
const strangerMs = 5000

/** What the session answers; what belongs to the connection is answered here. */
export type SessionApi = Omit<TrainerApi, 'hello' | 'subscribe' | 'whenAlone'> & { readonly state: string }

export interface ServerOptions {
  readonly run: string
  readonly log: EventLog
  readonly session: SessionApi
  readonly onBug: (error: unknown) => void
}

/** The run's websocket: loopback, any free port, a token per process; clients come and go, the run does not notice. */
export class Server {
  readonly token = randomBytes(32).toString('base64url')
  private readonly http: HttpServer
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes })
  private readonly heartbeat: NodeJS.Timeout
  private readonly misses = new WeakMap<WebSocket, number>()
  private readonly subscriptions = new Map<WebSocket, Subscription>()
  /** What each client that is connected has asked for in case it is the last one. */
  private readonly whenAlone = new Map<WebSocket, Params<'whenAlone'>>()
  private alone: NodeJS.Timeout | undefined
  private readonly strangers = new Set<Socket>()

  constructor(private readonly options: ServerOptions) {
    const limits = {
      headersTimeout: strangerMs,
      requestTimeout: strangerMs,
      connectionsCheckingInterval: 1000,
    }
    this.http = createServer({ ...limits, maxHeaderSize: 8192 }, (request, response) => {
      const [status, text] = isOfPage(request)
        ? [403, 'Web pages are not served.\n']
        : [426, 'This port speaks websocket only.\n']
      response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(text)
    })
    this.http.on('connection', (socket: Socket) => this.meet(socket))
    this.http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head))
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs)
    this.heartbeat.unref()
  }

  /** Resolves with the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', (error) => {
        reject(
          new HumanError(
            `The trainer cannot listen on 127.0.0.1: ${error.message}. Is a firewall in the way?`,
          ),
        )
      })
      this.http.listen(0, '127.0.0.1', resolve)
    })
    return (this.http.address() as AddressInfo).port
  }

  /** Lets every client read what is on record, for two seconds at most, then closes. */
  async close(): Promise<void> {
    clearInterval(this.heartbeat)
    clearTimeout(this.alone)
    await Promise.race([
      Promise.all([...this.subscriptions.values()].map((one) => one.drained())),
      delay(2000),
    ])
    for (const socket of this.sockets.clients) socket.close(1001, 'the trainer ended')
    this.http.close()
    await delay(50)
    for (const socket of this.sockets.clients) socket.terminate()
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    if (isOfPage(request)) {
      refuse(socket, '403 Forbidden')
      return
    }
    if (!this.isAuthorised(request)) {
      refuse(socket, '401 Unauthorized')
      return
    }
    this.strangers.delete(request.socket)
    request.socket.setTimeout(0)
    this.sockets.handleUpgrade(request, socket, head, (client) => this.serve(client))
  }

  /** Whoever comes makes room by the one who has said nothing for the longest time: a flood keeps no client out. */
  private meet(socket: Socket): void {
    this.strangers.add(socket)
    socket.once('close', () => this.strangers.delete(socket))
    socket.setTimeout(strangerMs, () => {
      if (this.strangers.has(socket)) socket.destroy()
    })
    const [oldest] = this.strangers
    if (this.strangers.size > mostStrangers) oldest?.destroy()
  }

  private isAuthorised(request: IncomingMessage): boolean {
    const given = Buffer.from(request.headers.authorization ?? '')
    const expected = Buffer.from(`Bearer ${this.token}`)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  private serve(socket: WebSocket): void {
    const { run, log, session, onBug } = this.options
    this.misses.set(socket, 0)
    socket.on('pong', () => this.misses.set(socket, 0))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      this.subscriptions.get(socket)?.dispose()
      this.subscriptions.delete(socket)
      this.left(socket)
    })
    let greeted = false
    const afterHello =
      <P, R>(handle: (params: P) => Promise<R>) =>
      async (params: P): Promise<R> => {
        if (!greeted) throw new HumanError('Say "hello" with the id of the run first.')
        return handle(params)
      }
    const connection = connectionOver(socket)
    answer(
      connection,
      {
        hello: async (params) => {
          if (params.run !== run) throw new HumanError(`This trainer runs "${run}", not "${params.run}".`)
          if (params.protocol !== protocolVersion) {
            throw new HumanError(
              `This trainer speaks version ${protocolVersion} of the protocol and you speak ${params.protocol}: update the older one.`,
            )
          }
          greeted = true
          clearTimeout(this.alone)
          return Promise.resolve({ run, pid: process.pid, seq: log.seq, state: session.state })
        },
        subscribe: afterHello(async ({ fromSeq }) => {
          this.subscriptions.get(socket)?.dispose()
          this.subscriptions.set(socket, new Subscription(socket, log, fromSeq))
          return Promise.resolve({})
        }),
        whenAlone: afterHello(async (params) => {
          this.whenAlone.set(socket, params)
          return Promise.resolve({})
        }),
        hold: afterHello(session.hold.bind(session)),
        release: afterHello(session.release.bind(session)),
        resume: afterHello(session.resume.bind(session)),
        stop: afterHello(session.stop.bind(session)),
        checkpoint: afterHello(session.checkpoint.bind(session)),
        previewConfig: afterHello(session.previewConfig.bind(session)),
        applyConfig: afterHello(session.applyConfig.bind(session)),
        withdrawConfig: afterHello(session.withdrawConfig.bind(session)),
      },
      onBug,
    )
    connection.onError(([error]) => onBug(error))
    connection.listen()
  }

  /** The last client to leave is the one whose wish counts; one that comes in time takes it back. */
  private left(socket: WebSocket): void {
    const wish = this.whenAlone.get(socket)
    this.whenAlone.delete(socket)
    if (wish?.do !== 'release' || this.sockets.clients.size > 0) return
    clearTimeout(this.alone)
    this.alone = setTimeout(() => {
      // One that ends anyway needs no release.
      this.options.session.release({}).catch(() => undefined)
    }, 1000 * wish.afterSeconds)
    this.alone.unref()
  }

  private beat(): void {
    for (const socket of this.sockets.clients) {
      const missed = (this.misses.get(socket) ?? 0) + 1
      // Long steps delay the reading of pongs, never by more than one beat: each beat reads what has arrived.
      if (missed > missedHeartbeats) socket.terminate()
      else {
        this.misses.set(socket, missed)
        socket.ping()
      }
    }
  }
}

/**
 * A browser always sends Origin with a websocket, and Sec-Fetch-Site with the rest; no client of ours does. A name that
 * was made to point here (DNS rebinding) stands in Host.
 */
function isOfPage({ headers, socket }: IncomingMessage): boolean {
  const here = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`]
  return (
    headers.origin !== undefined ||
    headers['sec-fetch-site'] !== undefined ||
    !here.includes((headers.host ?? '').toLowerCase())
  )
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
