import { describe, expect, it } from 'vitest'
import { comparePlans } from '../../src/schedule/comparePlans'
import { planSeconds } from '../../src/schedule/forecast'
import { makePlan } from '../../src/schedule/plan'
import { pixels, planWork } from '../../src/schedule/work'
import { kinetics } from './kinetics'

const work = { cost: pixels, unit: 'pixels' }
const written = kinetics()
const shorter = kinetics({ multigrid: { epochFactor: 1 } })
const options = { color: false, width: 100, work }

function answers(text: string, question: string): string[] {
  const line = text.split('\n').find((one) => one.startsWith(question))!
  return line.slice(question.length).trim().split(/ {2,}/)
}

describe('plans side by side', () => {
  const text = comparePlans(
    [
      { name: 'as written', settings: written },
      { name: 'shorter', settings: shorter },
    ],
    { ...options, clips: 240_000, seconds: (shape) => pixels(shape) * 1e-9 },
  )

  it('have a column each', () => {
    expect(text.split('\n')[0]!.trim().split(/ {2,}/)).toEqual(['as written', 'shorter'])
  })

  it('have their epochs and their work', () => {
    const plans = [makePlan(written), makePlan(shorter)]
    expect(answers(text, 'Epochs ')).toEqual(plans.map(({ epochs }) => String(epochs)))
    const share = (100 * planWork(plans[1]!, pixels)) / planWork(plans[0]!, pixels)
    expect(answers(text, 'Work, the first being 100')).toEqual(['100.0', share.toFixed(1)])
  })

  it('are each compared with the same training without multigrid', () => {
    const plain = makePlan({
      ...written,
      multigrid: { ...written.multigrid, longCycle: false, shortCycle: false },
    })
    const [first] = answers(text, 'Times less than without multigrid')
    expect(Number.parseFloat(first!)).toBeCloseTo(
      planWork(plain, pixels) / planWork(makePlan(written), pixels),
      2,
    )
    const seconds = planSeconds(plain, 240_000, pixels) / planSeconds(makePlan(written), 240_000, pixels)
    expect(Number.parseFloat(answers(text, 'Times faster than without multigrid')[0]!)).toBeCloseTo(
      seconds,
      2,
    )
  })

  it('show no time and no iterations where none are known', () => {
    const bare = comparePlans([{ name: 'as written', settings: written }], options)
    expect(bare).not.toMatch(/Time |Iterations/)
  })
})
