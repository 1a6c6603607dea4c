import { EventEmitter } from 'node:events'
import WebSocket from 'ws'
import { HumanError } from '../HumanError'
import { ask, connectionOver } from '../protocol/connection'
import { runEvent } from '../protocol/events'
import type { RunEvent } from '../protocol/events'
import { maxFrameBytes, protocolVersion } from '../protocol/requests'
import type { TrainerApi } from '../protocol/requests'
import type { RunRecord } from '../protocol/runRecord'

const connectTimeoutMs = 15_000

interface ClientEvents {
  event: [RunEvent]
  close: []
}

/** A connection to a living trainer, after both have said hello; `close` fires once, whoever closed it. */
export class RunClient extends EventEmitter<ClientEvents> {
  private constructor(
    readonly api: TrainerApi,
    readonly pid: number,
    private readonly socket: WebSocket,
  ) {
    super()
  }

  /**
   * Connects to the trainer that `record` names. Throws HumanError when nobody answers there, when it is not a trainer
   * of this run, or when it does not take the token.
   */
  static async connect(record: RunRecord): Promise<RunClient> {
    const { id, port, token } = record
    if (port === undefined || token === undefined)
      throw new HumanError(`The run "${id}" has no trainer to talk to yet.`)
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
      headers: { authorization: `Bearer ${token}` },
      maxPayload: maxFrameBytes,
      handshakeTimeout: connectTimeoutMs,
      perMessageDeflate: false,
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('error', (error) =>
        reject(new HumanError(`No trainer of "${id}" answers on port ${port}: ${error.message}.`)),
      )
    })
    const connection = connectionOver(socket)
    const api = ask(connection)
    connection.listen()
    try {
      const greeting = await withTimeout(api.hello({ run: id, protocol: protocolVersion }), connectTimeoutMs)
      const client = new RunClient(api, greeting.pid, socket)
      connection.onNotification('event', (raw: unknown) => client.receive(raw))
      socket.once('close', () => client.emit('close'))
      return client
    } catch (error) {
      socket.terminate()
      throw error
    }
  }

  dispose(): void {
    this.socket.close()
  }

  /** An event of a newer trainer that we do not know is passed over, not fatal. */
  private receive(raw: unknown): void {
    const event = runEvent.safeParse(raw)
    if (event.success) this.emit('event', event.data)
  }
}

function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new HumanError(
            `The trainer did not say hello within ${ms / 1000} s; it may be another program on that port.`,
          ),
        ),
      ms,
    )
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
