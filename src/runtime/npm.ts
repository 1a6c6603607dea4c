import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { findOnPath } from './findOnPath'

/** npm's own script, to be run by Node.js: its launcher on PATH is a shell script on some platforms. */
export function npmScript(node: string, env: NodeJS.ProcessEnv): string | undefined {
  const beside = path.dirname(node)
  const onPath = findOnPath('npm', env)
  return [
    env['npm_execpath'],
    path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    onPath && realpathSync(onPath),
  ].find((file) => file?.endsWith('npm-cli.js') && existsSync(file))
}
