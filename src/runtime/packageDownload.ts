import { npmScript } from './npm'
import type { Attempt } from './attempt'
import { packageFolder } from './folder'

const host = 'https://storage.googleapis.com/'

/** The package's own install script: libtensorflow and a prebuilt addon from its host. Left out in seconds where that is out of reach. */
export const packageDownload: Attempt = {
  origin: 'package',
  async make({ folder, gpu, node, env, run, reaches, log, steps, signal }) {
    const name = gpu ? 'tfjs-node-gpu' : 'tfjs-node'
    if (!(await reaches(env['TFJS_NODE_CDN_STORAGE'] || host, env)))
      return { failure: `the download host of ${name} cannot be reached` }
    steps.at('download')
    log(`Running the install script of ${name}, which downloads TensorFlow`)
    const npm = npmScript(node, env)
    if (!npm) return { failure: 'npm was not found' }
    const { failure } = await run({
      file: node,
      args: [npm, 'run', 'install'],
      cwd: packageFolder(folder, `@tensorflow/${name}`),
      env,
      timeoutMs: 10 * 60_000,
      signal,
    })
    return failure === undefined ? { made: name } : { failure: `the install script of ${name} ${failure}` }
  },
}
