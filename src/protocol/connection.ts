import { createMessageConnection, ErrorCodes, ResponseError } from 'vscode-jsonrpc/node'
import type { MessageConnection } from 'vscode-jsonrpc/node'
import type { WebSocket } from 'ws'
import { HumanError } from '../HumanError'
import type { Method, Params, Result, TrainerApi } from './requests'
import { requests } from './requests'
import { webSocketChannel } from './webSocketChannel'

/** Code of an answer whose message was written for a person. */
export const humanErrorCode = -32000

const methods = Object.keys(requests) as Method[]

/** A JSON-RPC connection over an open socket; when the socket closes, every request under way is rejected. */
export function connectionOver(socket: WebSocket): MessageConnection {
  const { reader, writer } = webSocketChannel(socket)
  const connection = createMessageConnection(reader, writer)
  socket.on('close', () => connection.dispose())
  return connection
}

/** Answers every request of the protocol from `api`; `onBug` hears of errors that no person should read. */
export function answer(
  connection: MessageConnection,
  api: TrainerApi,
  onBug: (error: unknown) => void,
): void {
  for (const method of methods) {
    connection.onRequest(method, async (raw: unknown) => {
      const params = requests[method].params.safeParse(raw ?? undefined)
      if (!params.success) {
        return new ResponseError(
          ErrorCodes.InvalidParams,
          `"${method}": ${params.error.issues[0]?.message ?? 'bad parameters'}`,
        )
      }
      try {
        return await (api[method] as (params: unknown) => Promise<unknown>)(params.data)
      } catch (error) {
        if (error instanceof HumanError) return new ResponseError(humanErrorCode, error.message)
        onBug(error)
        return new ResponseError(
          ErrorCodes.InternalError,
          `"${method}" failed inside the trainer; trainer.log has the details.`,
        )
      }
    })
  }
}

/** The trainer behind a connection. A refusal is a HumanError with the trainer's words; so is a connection that closes. */
export function ask(connection: MessageConnection): TrainerApi {
  const call =
    <M extends Method>(method: M) =>
    async (params: Params<M>): Promise<Result<M>> => {
      let raw: unknown
      try {
        raw = await connection.sendRequest(method, params ?? {})
      } catch (error) {
        if (error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected) {
          throw new HumanError(
            `The trainer closed the connection before it answered "${method}". Look at its log.`,
          )
        }
        throw new HumanError(error instanceof Error ? error.message : String(error))
      }
      return requests[method].result.parse(raw) as Result<M>
    }
  return Object.fromEntries(methods.map((method) => [method, call(method)])) as unknown as TrainerApi
}
