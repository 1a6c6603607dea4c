import { expect, it } from 'vitest'
import { nearestKey } from '../../src/config/nearestKey'

const keys = ['batch', 'epochs', 'steps', 'learningRate', 'warmup', 'weightDecay', 'evaluateEvery']

it.each([
  ['bacth', 'batch'],
  ['Batch', 'batch'],
  ['batchSize', 'batch'],
  ['epoch', 'epochs'],
  ['learning_rate', 'learningRate'],
  ['lr', 'learningRate'],
  ['weightdecay', 'weightDecay'],
  ['wd', 'weightDecay'],
  ['colour', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('the key nearest to %.20s is %s', (written, meant) => {
  expect(nearestKey(written, keys)).toBe(meant)
})
