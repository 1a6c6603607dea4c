import type { NativePackage } from './folder'
import type { InstallSteps } from './InstallSteps'
import type { RunProgram } from './runProgram'

/** What an install works with; tests bring their own `run` and `reaches`. */
export interface Workshop {
  /** Where the runtime is being put together; node_modules is there, without addons. */
  readonly folder: string
  readonly gpu: boolean
  readonly node: string
  readonly env: NodeJS.ProcessEnv
  readonly run: RunProgram
  readonly reaches: (url: string, env: NodeJS.ProcessEnv) => Promise<boolean>
  readonly log: (line: string) => void
  readonly steps: InstallSteps
  readonly signal: AbortSignal | undefined
}

/** One way to an addon: `made` is the package that has one now, `failure` a clause that says why none has. */
export interface Attempt {
  readonly origin: 'package' | 'wheel'
  make(shop: Workshop): Promise<{ made: NativePackage } | { failure: string }>
}
