import { beforeEach, describe, expect, it } from 'vitest'
import { FamilyClock } from '../../../scripts/bench/FamilyClock'

describe('the clock of families', () => {
  let now: number
  let clock: FamilyClock
  const pass = (milliseconds: number): void => void (now += milliseconds)

  beforeEach(() => {
    now = 0
    clock = new FamilyClock(() => now)
  })

  it('sums acts of a family and counts them', () => {
    clock.time('pooling', () => pass(2))
    pass(100)
    expect(clock.time('pooling', () => (pass(3), 'out'))).toBe('out')
    expect([...clock.milliseconds]).toEqual([['pooling', 5]])
    expect(clock.calls).toBe(2)
  })

  it('counts an act within an act once', () => {
    clock.time('pooling', () => {
      pass(1)
      clock.time('transfer', () => {
        pass(10)
        clock.time('freeing', () => pass(100))
      })
      pass(2)
    })
    expect(Object.fromEntries(clock.milliseconds)).toEqual({ pooling: 3, transfer: 10, freeing: 100 })
  })

  it('goes on rightly after an act that throws', () => {
    const broken = (): never => {
      pass(4)
      throw new Error('out of memory')
    }
    expect(() =>
      clock.during('conv2d', () => clock.time('activation', () => clock.time('layout', broken))),
    ).toThrow('out of memory')
    expect(clock.current).toBeUndefined()
    clock.time('activation', () => pass(1))
    expect(Object.fromEntries(clock.milliseconds)).toEqual({ layout: 4, activation: 1 })
  })

  it('knows the innermost task', () => {
    clock.during('optimiser', () => {
      clock.during('splitVector', () => expect(clock.current).toBe('splitVector'))
      expect(clock.current).toBe('optimiser')
    })
    expect(clock.current).toBeUndefined()
  })
})
