import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { HumanError } from '../HumanError'
import { answer, connectionOver } from '../protocol/connection'
import { maxFrameBytes, protocolVersion } from '../protocol/requests'
import type { TrainerApi } from '../protocol/requests'
import type { EventLog } from './EventLog'
import { Subscription } from './Subscription'

const heartbeatMs = 15_000
const missedHeartbeats = 4

/** What the session answers; `hello` and `subscribe` belong to the connection and are answered here. */
export type SessionApi = Omit<TrainerApi, 'hello' | 'subscribe'> & { readonly state: string }

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

  constructor(private readonly options: ServerOptions) {
    this.http = createServer((_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain' }).end('This port speaks websocket only.\n')
    })
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
    // A browser always sends Origin; no client of ours does. So a web page can neither connect nor guess.
    if (request.headers.origin !== undefined) {
      refuse(socket, '403 Forbidden')
      return
    }
    if (!this.isAuthorised(request)) {
      refuse(socket, '401 Unauthorized')
      return
    }
    this.sockets.handleUpgrade(request, socket, head, (client) => this.serve(client))
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
          return Promise.resolve({ run, pid: process.pid, seq: log.seq, state: session.state })
        },
        subscribe: afterHello(async ({ fromSeq }) => {
          this.subscriptions.get(socket)?.dispose()
          this.subscriptions.set(socket, new Subscription(socket, log, fromSeq))
          return Promise.resolve({})
        }),
        hold: afterHello(session.hold.bind(session)),
        release: afterHello(session.release.bind(session)),
        resume: afterHello(session.resume.bind(session)),
        stop: afterHello(session.stop.bind(session)),
        checkpoint: afterHello(session.checkpoint.bind(session)),
        previewConfig: afterHello(session.previewConfig.bind(session)),
        applyConfig: afterHello(session.applyConfig.bind(session)),
      },
      onBug,
    )
    connection.onError(([error]) => onBug(error))
    connection.listen()
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

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
