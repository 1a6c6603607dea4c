import path from 'node:path'
import { decodeConfig } from '../config/parse'
import type { Config } from '../config/schema'
import { readOwnFile } from '../protocol/ownFile'
import { mostConfigBytes, runFiles } from '../protocol/runRecord'

/** The config that a run goes by, with absolute paths. Throws where it cannot be read. */
export function ownConfig(folder: string): Config {
  return decodeConfig(JSON.parse(readOwnFile(path.join(folder, runFiles.config), mostConfigBytes)))
}
