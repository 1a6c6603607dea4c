import { expect, test } from 'vitest'
import { ByteCache } from '../../src/data/byteCache'

test('what was asked for longest ago makes room', () => {
  const cache = new ByteCache<string>(10)
  cache.set('a', 'A', 4)
  cache.set('b', 'B', 4)
  cache.get('a')
  cache.set('c', 'C', 4)
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.bytes]).toEqual(['A', undefined, 'C', 8])
})

test('a value that is larger than the cache is not kept and drives nothing out', () => {
  const cache = new ByteCache<string>(10)
  cache.set('a', 'A', 4)
  cache.set('b', 'B', 11)
  expect([cache.get('a'), cache.get('b'), cache.bytes]).toEqual(['A', undefined, 4])
})

test('a value that is set again counts once', () => {
  const cache = new ByteCache<string>(10)
  cache.set('a', 'A', 8)
  cache.set('a', 'AA', 9)
  expect([cache.get('a'), cache.bytes]).toEqual(['AA', 9])
})
