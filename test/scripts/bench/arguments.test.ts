import { describe, expect, it } from 'vitest'
import { benchArguments } from '../../../scripts/bench/arguments.mjs'

describe('what the benchmark is asked for', () => {
  it('is everything but the trainings when nothing is named', () => {
    expect(benchArguments([])).toMatchObject({
      chosen: ['schedule', 'step', 'monitoring', 'activation', 'sizes'],
      quick: false,
      stock: false,
    })
  })

  it('is only what is named, in the order it is measured', () => {
    expect(benchArguments(['sizes', '--quick', 'step'])).toMatchObject({
      chosen: ['step', 'sizes'],
      quick: true,
    })
    expect(benchArguments(['multigrid', '--seeds', '2']).seeds).toBe('2')
  })

  it('names the parts when one is unknown', () => {
    expect(() => benchArguments(['steps'])).toThrow('There is no part "steps": schedule, step,')
  })

  it('has peers for a step only', () => {
    expect(benchArguments(['step', '--stock', '--torch', 'python3'])).toMatchObject({
      stock: true,
      torch: 'python3',
    })
    expect(benchArguments(['--stock']).stock).toBe(true)
    expect(() => benchArguments(['sizes', '--stock'])).toThrow('--stock belongs to the part "step".')
    expect(() => benchArguments(['sizes', '--torch', 'python'])).toThrow(
      '--torch belongs to the part "step".',
    )
  })

  it.each(['0', 'many', '1.5', '-1'])('refuses "%s" seeds', (count) => {
    expect(() => benchArguments(['multigrid', `--seeds=${count}`])).toThrow(
      `--seeds must be a whole number from 1, not "${count}".`,
    )
  })

  it('refuses options that it does not know', () => {
    expect(() => benchArguments(['--only', 'step'])).toThrow("Unknown option '--only'")
  })
})
