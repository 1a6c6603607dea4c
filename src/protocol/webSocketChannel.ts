import { AbstractMessageReader, AbstractMessageWriter } from 'vscode-jsonrpc/node'
import type { DataCallback, Disposable, Message, MessageReader, MessageWriter } from 'vscode-jsonrpc/node'
import type { WebSocket } from 'ws'

/** JSON-RPC messages as text frames, one a frame: the frame is the envelope, so no Content-Length header. */
export function webSocketChannel(socket: WebSocket): { reader: MessageReader; writer: MessageWriter } {
  return { reader: new FrameReader(socket), writer: new FrameWriter(socket) }
}

class FrameReader extends AbstractMessageReader {
  constructor(private readonly socket: WebSocket) {
    super()
    socket.on('close', () => this.fireClose())
    socket.on('error', (error: Error) => this.fireError(error))
  }

  listen(callback: DataCallback): Disposable {
    const onMessage = (data: Buffer): void => {
      let message: Message
      try {
        message = JSON.parse(data.toString('utf8')) as Message
      } catch {
        this.socket.close(1007, 'not JSON')
        return
      }
      callback(message)
    }
    this.socket.on('message', onMessage)
    return { dispose: () => this.socket.off('message', onMessage) }
  }
}

class FrameWriter extends AbstractMessageWriter {
  constructor(private readonly socket: WebSocket) {
    super()
    socket.on('close', () => this.fireClose())
    socket.on('error', (error: Error) => this.fireError(error))
  }

  /** Resolves when the frame is handed to the operating system; rejects when the socket is gone. */
  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.send(JSON.stringify(message), (error) => (error ? reject(error) : resolve()))
    })
  }

  end(): void {
    this.socket.close()
  }
}
