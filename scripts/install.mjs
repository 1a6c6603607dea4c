// Installs the packages of this tree when they are not there yet, or not those of the lock file.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Runs a program with its output on ours; false when it failed. */
export function run(program, args, options = {}) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit', shell: false, ...options })
  return status === 0
}

/** npm through the Node.js that runs this, so that no shell is needed on any platform. */
export function npm(...args) {
  const cli = process.env.npm_execpath
  return cli
    ? run(process.execPath, [cli, ...args])
    : run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args)
}

export function installPackages() {
  const lock = path.join(root, 'package-lock.json')
  const installed = path.join(root, 'node_modules', '.package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  // No package of ours needs its install script; one that fails must not stop the rest.
  if (!npm('ci', '--ignore-scripts', '--no-audit', '--no-fund')) {
    throw new Error('npm ci failed; its message is above. Is the package registry reachable?')
  }
}
