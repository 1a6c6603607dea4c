export interface Server {
  port: number
  token: string
  url: string
  dataDir: string
  /** Kills the server and its extension hosts. */
  stop(): Promise<void>
  /** Settles with the server's last lines, and never rejects. */
  stopped: Promise<string>
}

export interface ServerOptions {
  /** A free one by default. */
  port?: number
  /** Holds everything the server writes: settings, logs, extensions. */
  dataDir: string
  /** Folders, used in place as if they were installed, and .vsix files, which are installed. */
  extensions?: readonly string[]
  /** User settings, over ones that silence VS Code; a window reads them when it opens. */
  settings?: Record<string, unknown>
  /** Lets an address name an extension under development; notifications then never show as toasts. */
  smokeTestDriver?: boolean
  /** False: folders are restricted, as VS Code opens unknown ones. */
  trust?: boolean
  cache?: string
  env?: Record<string, string | undefined>
  log?: (line: string) => void
}

export interface WindowTarget {
  folder: string
  /** Needs the smoke-test driver, as does `extensionTestsPath`. */
  extensionDevelopmentPath?: string
  extensionTestsPath?: string
}

/** A running server on 127.0.0.1 that only the token opens. */
export function startServer(options: ServerOptions): Promise<Server>

/** The address of a window on a folder; it carries the token, so it is as secret as the server. */
export function windowAddress(server: Pick<Server, 'port' | 'token' | 'url'>, target: WindowTarget): string
