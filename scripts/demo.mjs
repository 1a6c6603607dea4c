// npm run demo [-- --headless]: installs what is missing, makes the motion data set, opens VS Code and trains.
// --headless trains in the terminal instead.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { installPackages, root, run } from './install.mjs'
import { setUpRuntime } from './setup.mjs'

const motion = path.join(root, 'examples', 'motion')
const cli = path.join(root, 'dist', 'cli.js')

const { values } = parseArgs({ options: { headless: { type: 'boolean', default: false } } })

function step(words) {
  console.log(`\n— ${words}`)
}

function must(done, what) {
  if (!done) throw new Error(`${what} failed; its message is above.`)
}

/** The last run of the folder, if a trainer trains it now. */
function runUnderWay() {
  const { status, stdout } = spawnSync(process.execPath, [cli, 'runs', motion, '--json'], {
    encoding: 'utf8',
  })
  if (status !== 0) return undefined
  return JSON.parse(stdout).find(({ live }) => live)
}

async function main() {
  step('packages')
  installPackages()
  step('TensorFlow')
  const runtime = await setUpRuntime()
  step('the extension and its trainer')
  must(run(process.execPath, ['scripts/build.mjs']), 'The build')
  step('the motion data set (256 clips, about half a minute the first time)')
  const { generate } = await import('../examples/motion/generate.mjs')
  const clips = await generate({ ...(runtime.ffmpeg && { ffmpeg: runtime.ffmpeg }) })
  console.log(clips > 0 ? `${clips} clips in ${path.join(motion, 'data')}` : 'Already there.')

  const schedule = path.join(
    motion,
    runtime.backend === 'wasm' ? 'motion-small.multigrid.json' : 'motion.multigrid.json',
  )
  const trainArgs = [cli, 'train', schedule]
  step(`training by ${path.relative(root, schedule)}`)
  if (values.headless) {
    process.exitCode = spawnSync(process.execPath, trainArgs, { stdio: 'inherit' }).status ?? 1
    return
  }
  if (runUnderWay()) console.log('A run is under way already.')
  else must(run(process.execPath, [...trainArgs, '--detach']), 'The start of the training')
  console.log(`It goes on when VS Code is closed. To end it:\n\n  node ${cli} stop ${runUnderWay()?.folder}`)

  step('VS Code')
  const { openInCode } = await import('./openInCode.mjs')
  const window = await openInCode({ folder: motion })
  console.log('The timeline is in the sidebar: the icon with the four bars.')
  await window.ended
}

main().catch((error) => {
  console.error(error.name === 'HumanError' || error.name === 'Error' ? error.message : error.stack)
  process.exitCode = 1
})
