export interface Installation {
  /** The Node that the server wants. */
  node: string
  main: string
  folder: string
}

/** Where the server is kept between runs: outside the tree, and rebuilt when it is missing. */
export function cacheFolder(): string

/** Puts the server into the cache unless it is there; it appears whole or not at all. */
export function ensureServer(options?: {
  cache?: string
  log?: (line: string) => void
}): Promise<Installation>

/** Runs a program to its end and returns what it printed; a failure quotes its last lines. */
export function runProgram(program: string, args: readonly string[], cwd?: string): Promise<string>
