import { spawnSync } from 'node:child_process'
import path from 'node:path'
import type { StepCase, StepShape } from './stepCases'
import type { StockRequest, StockResult } from './stockStep'

/** Why a peer has no numbers, in its own last words. */
export interface Failure {
  readonly failed: string
}

/** Steps of the same network in stock TensorFlow.js, in a process of its own: it may run out of memory. */
export function stockSteps(request: StockRequest): StockResult | Failure {
  return printed(process.execPath, [path.join(__dirname, 'bench-stockStep.js'), JSON.stringify(request)]) as
    StockResult | Failure
}

export interface TorchResult {
  readonly version: string
  readonly threads: number
  readonly parameters: number
  readonly seconds: Readonly<Record<'contiguous' | 'channelsLast', readonly number[]>>
}

/** Steps of the same network in PyTorch. */
export function torchSteps(
  python: string,
  { config, classes }: Pick<StepCase, 'config' | 'classes'>,
  { batch, frames, size }: StepShape,
  repeats: number,
): TorchResult | Failure {
  const { width, betaInv, dropout } = config.model
  const numbers = [width, betaInv, classes, dropout, batch, frames, size, repeats]
  return printed(python, ['scripts/bench/torchStep.py', ...numbers.map(String)]) as TorchResult | Failure
}

function printed(program: string, args: readonly string[]): unknown {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status === 0) return JSON.parse(stdout)
  const lines = stderr.split('\n').filter((line) => /\S/.test(line))
  // Node ends a stack with its version.
  const said = lines.findLast((line) => /^\w*(?:Error|Exception)\b/.test(line)) ?? lines.at(-1)
  return { failed: error?.message ?? said ?? `It ended with ${signal ?? String(status)}.` } satisfies Failure
}
