import { expect, test } from 'vitest'
import { restoreUtilHelpers } from '../../src/runtime/nodeCompat'

interface Helpers {
  isNullOrUndefined: (value: unknown) => boolean
  isArray: (value: unknown) => boolean
}

test('helpers that Node took away are put back', () => {
  const util = {} as Helpers
  restoreUtilHelpers(util)
  expect([null, undefined, 0, ''].map((value) => util.isNullOrUndefined(value))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect([[], {}, 'a'].map((value) => util.isArray(value))).toEqual([true, false, false])
})

test('helpers that are there stay as they are', () => {
  const isArray = (): boolean => true
  const util = { isArray } as unknown as Helpers
  restoreUtilHelpers(util)
  expect(util.isArray).toBe(isArray)
})
