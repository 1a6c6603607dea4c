import { Console } from 'node:console'
import { writeSync } from 'node:fs'
import path from 'node:path'
import { Writable } from 'node:stream'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { HumanError } from '../HumanError'
import { runFiles } from '../protocol/runRecord'
import { train } from './train'
import { TrainerLock } from './TrainerLock'

/**
 * The trainer process: `node trainer.js RUN_FOLDER`. All of it runs in a second thread, and the first one does nothing
 * but receive signals. TensorFlow's processor kernels (oneDNN, AVX-512) use the stack pointer as an ordinary register
 * meanwhile, so that a signal which reaches their thread - each ffmpeg that ends sends one - overwrites the heap. The
 * kernel hands a process's signals to its first thread. That one is also free to say that the process lives.
 */
async function main(folder: string): Promise<void> {
  const lock = await TrainerLock.take(path.join(folder, runFiles.lock), path.basename(folder))
  process.on('exit', () => lock.release())
  const worker = new Worker(__filename, { argv: [folder] })
  const stop = (): void => worker.postMessage('stop')
  process.on('SIGTERM', stop).on('SIGINT', stop)
  worker.on('error', (error) => {
    print(2, `${error.stack ?? String(error)}\n`)
    process.exitCode = 1
  })
  worker.on('exit', (code) => process.exit(process.exitCode ?? code))
}

function inThread(folder: string): void {
  // A thread's own output passes through the first one, and would be lost when the process is killed.
  globalThis.console = new Console({ stdout: printer(1), stderr: printer(2) })
  const onStop = (stop: () => void): void => void parentPort!.on('message', stop)
  train(folder, onStop).then(
    () => process.exit(),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}

function printer(file: 1 | 2): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      print(file, chunk)
      done()
    },
  })
}

/** To trainer.log. Where the disk takes no more of it, that must not end the training. */
function print(file: 1 | 2, text: string | Buffer): void {
  try {
    writeSync(file, text as string)
  } catch {
    // It is lost.
  }
}

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  print(2, 'Usage: node trainer.js RUN_FOLDER\n')
  process.exitCode = 2
} else if (isMainThread) {
  main(path.resolve(folder)).catch((error: unknown) => {
    print(2, `${error instanceof HumanError ? error.message : (error as Error).stack}\n`)
    process.exitCode = 1
  })
} else inThread(folder)
