import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { ensureServer, runProgram } from './vscodeInstallation.mjs'

/** Nothing that asks, suggests, updates or phones. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
}

/** Folders are restricted until they are trusted, and nobody is asked. */
const askForTrust = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'always',
}

/** @type {import('./vscodeServer.mjs').startServer} */
export async function startServer({
  port,
  dataDir,
  extensions = [],
  settings = {},
  smokeTestDriver = false,
  trust = true,
  cache,
  env,
  log,
}) {
  const { node, main } = await ensureServer({ cache, log })
  const extensionsDir = join(dataDir, 'extensions')
  const tokenFile = join(dataDir, 'token')
  const token = randomBytes(24).toString('base64url')
  await mkdir(join(dataDir, 'data', 'User'), { recursive: true })
  await mkdir(extensionsDir, { recursive: true })
  await writeFile(tokenFile, token, { mode: 0o600 }) // in a file: arguments are visible to every user of the machine
  await writeFile(
    join(dataDir, 'data', 'User', 'settings.json'),
    JSON.stringify({ ...quietSettings, ...(!trust && askForTrust), ...settings }),
  )
  const isPacked = (path) => path.endsWith('.vsix')
  const unpacked = extensions.filter((path) => !isPacked(path))
  await linkExtensions(extensionsDir, unpacked)
  const folders = ['--server-data-dir', dataDir, '--extensions-dir', extensionsDir]
  const common = [...folders, '--accept-server-license-terms']
  for (const vsix of extensions.filter(isPacked)) {
    await runProgram(node, [main, ...common, '--install-extension', vsix])
  }
  const chosenPort = port ?? (await freePort())
  const child = spawn(
    node,
    [
      main,
      ...['--host', '127.0.0.1', '--port', String(chosenPort), '--connection-token-file', tokenFile],
      ...[...common, '--disable-telemetry', ...(trust ? ['--disable-workspace-trust'] : [])],
      ...(smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...process.env, ...env },
    },
  )
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (tail = (tail + String(data)).slice(-4000)))
  }
  const killGroup = () => killTree(child)
  process.once('exit', killGroup)
  const stopped = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', () => resolve(tail))
  })
  void stopped.then(() => process.off('exit', killGroup))
  const stop = async () => {
    killGroup()
    for (const stream of [child.stdout, child.stderr]) stream.destroy() // something it left running may hold them
    await stopped
  }
  const url = `http://127.0.0.1:${chosenPort}`
  if (!(await untilAnswer(`${url}/version`, child))) {
    await stop()
    throw new Error(`The VS Code server did not start on port ${chosenPort}. Its last lines:\n${tail}`)
  }
  return { port: chosenPort, token, url, dataDir, stop, stopped }
}

/** @type {import('./vscodeServer.mjs').windowAddress} */
export function windowAddress(server, { folder, extensionDevelopmentPath, extensionTestsPath }) {
  const remote = (path) => `vscode-remote://127.0.0.1:${server.port}${pathToFileURL(path).pathname}`
  const payload = Object.entries({ extensionDevelopmentPath, extensionTestsPath })
    .filter(([, path]) => path !== undefined)
    .map(([name, path]) => [name, remote(path)])
  const query = new URLSearchParams({
    tkn: server.token,
    folder: decodeURIComponent(pathToFileURL(folder).pathname),
  })
  if (payload.length > 0) query.set('payload', JSON.stringify(payload))
  return `${server.url}/?${query}`
}

/** Tells the server about extension folders outside its own; it writes this file itself when a .vsix is installed. */
async function linkExtensions(folder, extensions) {
  const entries = await Promise.all(
    extensions.map(async (path) => {
      const { publisher, name, version } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'))
      const location = { $mid: 1, path: decodeURIComponent(pathToFileURL(path).pathname), scheme: 'file' }
      return { identifier: { id: `${publisher}.${name}` }, version, location }
    }),
  )
  await writeFile(join(folder, 'extensions.json'), JSON.stringify(entries))
}

/** Kills a detached child with everything in its process group. */
function killTree(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'])
  else {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // it ended by itself a moment ago
    }
  }
}

/** True once the address answers; false when the server has ended, or 30 s have passed. */
async function untilAnswer(url, child) {
  const end = Date.now() + 30_000
  while (child.pid !== undefined && child.exitCode === null && Date.now() < end) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return true
    await setTimeout(50)
  }
  return false
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
