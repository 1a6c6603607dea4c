import type { WebSocket } from 'ws'
import type { EventLog } from './EventLog'

const highWaterBytes = 1 << 20

/**
 * One client's place in the event log. A client that reads slowly is left behind, not buffered for:
 * the next lines are read from the log when its socket has room again, so nothing is lost and memory stays flat.
 */
export class Subscription {
  private readonly listening: { dispose(): void }
  private pumping = false
  private disposed = false
  private idle: (() => void)[] = []

  constructor(
    private readonly socket: WebSocket,
    private readonly log: EventLog,
    private nextSeq: number,
  ) {
    this.listening = log.onAppend(() => this.pump())
    // After the answer to `subscribe`, which is sent when its handler returns.
    setImmediate(() => this.pump())
  }

  /** Resolves when the client has been sent all there is. */
  drained(): Promise<void> {
    if (this.disposed || this.nextSeq > this.log.seq) return Promise.resolve()
    return new Promise((resolve) => this.idle.push(resolve))
  }

  dispose(): void {
    this.disposed = true
    this.listening.dispose()
    this.settle()
  }

  private pump(): void {
    if (this.pumping || this.disposed) return
    this.pumping = true
    void this.send().finally(() => {
      this.pumping = false
      // An event that came between the last look and this line woke nobody.
      if (this.nextSeq <= this.log.seq && this.socket.readyState === this.socket.OPEN) this.pump()
    })
  }

  private async send(): Promise<void> {
    while (!this.disposed && this.nextSeq <= this.log.seq) {
      const lines = this.log.read(this.nextSeq)
      if (lines.length === 0) break
      for (const line of lines) {
        if (this.socket.readyState !== this.socket.OPEN) return
        this.nextSeq++
        const sent = this.frame(line)
        if (this.socket.bufferedAmount > highWaterBytes) await sent
      }
    }
    this.settle()
  }

  /** The line is a JSON object already: it becomes the notification's parameters as it is. Resolves when it is flushed. */
  private frame(line: string): Promise<void> {
    return new Promise((resolve) =>
      this.socket.send(`{"jsonrpc":"2.0","method":"event","params":${line}}`, () => resolve()),
    )
  }

  private settle(): void {
    for (const resolve of this.idle) resolve()
    this.idle = []
  }
}
