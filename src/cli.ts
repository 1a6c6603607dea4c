import { batch } from './cli/batch'
import { clip } from './cli/clip'
import { data } from './cli/data'
import { doctor } from './cli/doctor'
import { plan } from './cli/plan'
import { explain } from './cli/explain'
import { exportConfig, importConfig } from './cli/pyslowfast'
import { listAllRuns } from './cli/runs'
import { resume, train } from './cli/train'
import { order, watch } from './cli/watch'
import { HumanError } from './HumanError'
import { onlyText } from './protocol/plainText'

const help = `multigrid: train video networks with the multigrid method

  multigrid train FILE          start training by a schedule file (*.multigrid.json) and watch it
  multigrid resume RUN          go on with a stopped, released or killed run from its last checkpoint;
                                --with-changes takes what was edited in its schedule since
  multigrid watch RUN           watch a run that was started elsewhere
  multigrid pause|continue|checkpoint|stop|release RUN
                                steer it; "release" saves and frees the GPU
  multigrid runs [FOLDER] [--json]
                                the runs of a folder
  multigrid explain RUN         how long a run waits for data, why, and what to do about it
  multigrid plan FILE           what a schedule will do: shapes, batches, rates, work
      --clips N                 with iterations, for so many training clips
      --run RUN                 with times, as that run's shapes took
      --seconds 4x16x64=0.15    with times, from seconds per step of a shape; may be repeated
      --set KEY=VALUE           beside the same schedule with a setting changed, like multigrid.epochFactor=1
      --pyslowfast              FILE is a PySlowFast config (YAML)
      --json                    for programs
  multigrid data FILE           read every clip that a schedule names, before it is trained: lengths, sizes,
                                classes, what is damaged; what was read is kept for the next time
      --quick                   headers and first frames only
      --json                    for programs
  multigrid import CONFIG.yaml [--output FILE]
                                a PySlowFast config as a commented schedule file
  multigrid export FILE --pyslowfast
                                a schedule as a PySlowFast config
  multigrid clip VIDEO [-o OUT.png]
                                frames of a video, or of a folder of pictures, as the network sees them
      --frames 16 --stride 2 --size 112 --at 0.5 --fps 30
  multigrid batch [RUN] [--iteration N] [-o OUT.png]
                                the batch that a run trains on, a row for each clip
  multigrid doctor [--install]  what this machine has and lacks for training; installs TensorFlow

RUN is a run folder, or the end of its name (for runs of the current folder); where only one
trains, it may be left out.
`

const commands: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  train,
  resume,
  watch,
  explain,
  plan,
  data,
  import: importConfig,
  export: exportConfig,
  clip,
  batch,
  doctor,
  runs: listAllRuns,
  pause: order((api) => api.hold({})),
  continue: order((api) => api.resume({})),
  checkpoint: order((api) => api.checkpoint({})),
  stop: order((api) => api.stop({ checkpoint: true })),
  release: order((api) => api.release({})),
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help)
    return name === undefined ? 2 : 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new HumanError(`There is no command "${name}". "multigrid help" lists them.`)
  return command(args)
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const bad =
      error instanceof HumanError ||
      (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    process.stderr.write(
      bad
        ? `${onlyText((error as Error).message)}\n`
        : `multigrid met an error of its own:\n${onlyText(String((error as Error).stack))}\n`,
    )
    process.exitCode = 1
  },
)
