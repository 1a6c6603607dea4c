import { describe, expect, it } from 'vitest'
import { applied } from '../../src/editor/applied'
import { variationsOf, variationText, workWords } from '../../src/editor/variations'

const text = `{
  "data": { "train": "t" }, // clips
  "train": { "batch": 8, "epochs": 60, "steps": [0, 30, 45, 54], "learningRate": 0.0125, "warmup": { "epochs": 5, "from": 0.001 } },
  "multigrid": { "longCycle": true, "epochFactor": 1.5 } // both cycles
}`

const of = (name: string, given = text) => variationsOf(given)!.variations.find((one) => one.name === name)!
const after = (name: string): string => applied(text, of(name).edits)

describe('what if', () => {
  it('lists what the schedule is not yet, with the work of each', () => {
    const said = variationsOf(text)!.variations.map(({ name, work, epochs }) => {
      return `${name}: ${workWords(work)}, ${epochs} epochs`
    })
    expect(said).toMatchInlineSnapshot(`
      [
        "without multigrid: 3.4 times the work, 60 epochs",
        "long cycle only: 1.6 times the work, 90 epochs",
        "short cycle only: 2.3 times the work, 90 epochs",
        "epoch factor 1: 0.67 times the work, 60 epochs",
        "epoch factor 2: 1.3 times the work, 120 epochs",
        "epoch factor 3: 2 times the work, 180 epochs",
        "twice the batch: the same work, 90 epochs",
        "half the batch: the same work, 90 epochs",
      ]
    `)
  })

  it('edits no more than it must, and keeps comments', () => {
    expect(after('without multigrid')).toBe(
      text.replace(
        '"longCycle": true, "epochFactor": 1.5',
        '"longCycle": false, "epochFactor": 1.5, "shortCycle": false',
      ),
    )
    expect(after('epoch factor 2')).toBe(text.replace('1.5', '2'))
  })

  it('scales the rates with the batch', () => {
    expect(after('twice the batch')).toBe(
      text.replace('"batch": 8', '"batch": 16').replace('0.0125', '0.025').replace('0.001', '0.002'),
    )
  })

  it('leaves out what cannot be trained', () => {
    expect(of('half the batch', text.replace('"batch": 8', '"batch": 7'))).toBeUndefined()
    expect(variationsOf(text.replace('[0, 30', '[1, 30'))).toBeUndefined()
  })

  it('shows both side by side, and says that no time was measured', () => {
    const { config } = variationsOf(text)!
    const page = variationText('a_b', config, of('without multigrid'))
    expect(page).toMatch(/^# a\\_b: without multigrid\n/)
    expect(page).toMatch(/as it is +without multigrid/)
    expect(page).toMatch(/Work is counted in multiply-adds\./)
    expect(page).toMatch(/No time was measured/)
  })
})
