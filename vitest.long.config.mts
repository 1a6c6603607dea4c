import { mergeConfig } from 'vitest/config'
import usual from './vitest.config.mts'

// Tests of minutes: npm run test:long.
export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [], exclude: [] } },
  { test: { include: ['test/long/**/*.test.ts'], testTimeout: 30 * 60_000, fileParallelism: false } },
)
