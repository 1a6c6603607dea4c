import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer, windowAddress } from './vscodeServer.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Opens a folder with the extension of this tree: in the desktop VS Code where there is one, else in a VS Code server
 * whose address is printed. Resolves when it is open; `ended` when the server has ended, or at once on the desktop.
 * @param {{ folder: string, extension?: string, env?: Record<string, string>, log?: (line: string) => void }} options
 * @returns {Promise<{ address?: string, ended: Promise<void> }>}
 */
export async function openInCode({ folder, extension = root, env = {}, log = console.log }) {
  const code = desktopCode()
  if (code !== undefined) {
    const child = spawn(code, [`--extensionDevelopmentPath=${extension}`, '--new-window', folder], {
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, ...env },
    })
    await new Promise((started, failed) => child.once('spawn', started).once('error', failed))
    child.unref()
    log(`Opened ${folder} in VS Code with the extension.`)
    return { ended: Promise.resolve() }
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'multigrid-vscode-'))
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0)) // the server dies on exit
  const server = await startServer({ dataDir, extensions: [extension], env, log })
  const address = windowAddress(server, { folder })
  log(
    `VS Code runs on this machine. Open it in a browser at

  ${address}

` + `(from another machine, first: ssh -L ${server.port}:127.0.0.1:${server.port} HOST). Ctrl+C ends it.`,
  )
  return { address, ended: server.stopped.then(() => {}) }
}

/** The program that opens a window here, if there is one: a terminal inside a remote VS Code has one that cannot. */
export function desktopCode(env = process.env, platform = process.platform) {
  const headless = platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY
  if (headless || env.VSCODE_IPC_HOOK_CLI) return undefined
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean)
  const programs =
    platform === 'win32'
      ? folders.map((folder) => join(folder, '..', 'Code.exe'))
      : folders.map((folder) => join(folder, 'code'))
  return programs.find((program) => existsSync(program))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await openInCode({ folder: resolve(process.argv[2] ?? '.') })
}
