import path from 'node:path'
import type { Config } from './schema'

/** The config with paths relative to `folder` made absolute. */
export function resolvePaths(config: Config, folder: string): Config {
  const { data, model } = config
  const absolute = (file: string): string => path.resolve(folder, file)
  return {
    ...config,
    data: {
      ...data,
      train: absolute(data.train),
      ...(data.val !== undefined && { val: absolute(data.val) }),
      ...(data.root !== undefined && { root: absolute(data.root) }),
      ...(data.labels !== undefined && { labels: absolute(data.labels) }),
    },
    model: { ...model, ...(model.init !== undefined && { init: absolute(model.init) }) },
  }
}
