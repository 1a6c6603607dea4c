import { describe, expect, it } from 'vitest'
import { lensPlace } from '../../src/editor/lensPlace'
import { scheduleHints } from '../../src/editor/scheduleHints'

const kinetics = `{
  "data": { "train": "t", "frames": 16, "stride": 8, "crop": 224 },
  "train": { "batch": 8, "epochs": 239, "steps": [0, 94, 154, 196], "learningRate": 0.0125, "warmup": { "epochs": 34, "from": 0.001 } },
  "multigrid": {
    "longCycleFactors": [[0.25, 0.7071], [0.5, 0.7071], [0.5, 1], [1, 1]],
    "shortCycleFactors": [0.5, 0.7071]
  }
}`

/** The file with its hints in it, as the editor shows them. */
const shown = (text: string): string =>
  scheduleHints(text).reduceRight(
    (said, { offset, label }) => `${said.slice(0, offset)}‹${label}›${said.slice(offset)}`,
    text,
  )

describe('hints', () => {
  it('say which shapes, batches, rates and epochs the numbers of a schedule come to', () => {
    expect(shown(kinetics)).toMatchInlineSnapshot(`
      "{
        "data": { "train": "t", "frames": 16, "stride": 8, "crop": 224 },
        "train": { "batch": 8, "epochs": 239, "steps": [0‹rate 0.1 → 0.0125›, 94‹epoch 158, rate 0.01 → 0.00125›, 154‹epoch 259, rate 0.001 → 0.000125›, 196‹epoch 329, rate 0.000125 → 0.0000125›], "learningRate": 0.0125‹for 8 clips, 0.1 for 64›, "warmup": { "epochs": 34, "from": 0.001 }‹to rate 0.1 at epoch 34› },
        "multigrid": {
          "longCycleFactors": [[0.25, 0.7071]‹64 × 4 × 158², rate 0.1›, [0.5, 0.7071]‹32 × 8 × 158², rate 0.05›, [0.5, 1]‹16 × 8 × 224², rate 0.025›, [1, 1]‹8 × 16 × 224², rate 0.0125›],
          "shortCycleFactors": [0.5‹32 × 16 × 112²›, 0.7071‹16 × 16 × 158²›]
        }
      }"
    `)
  })

  it('say nothing where the file is no schedule', () => {
    expect(scheduleHints(kinetics.replace('[0, 94', '[0, 940'))).toEqual([])
    expect(scheduleHints(kinetics.slice(0, -1))).toEqual([])
    expect(scheduleHints('')).toEqual([])
  })

  it('leave out factors of a cycle that is off, and epochs that are as written', () => {
    const off = kinetics.replace('"multigrid": {', '"multigrid": { "longCycle": false, "shortCycle": false,')
    expect(shown(off)).toMatchInlineSnapshot(`
      "{
        "data": { "train": "t", "frames": 16, "stride": 8, "crop": 224 },
        "train": { "batch": 8, "epochs": 239, "steps": [0‹rate 0.0125›, 94‹rate 0.00125›, 154‹rate 0.000125›, 196‹rate 0.0000125›], "learningRate": 0.0125‹for 8 clips›, "warmup": { "epochs": 34, "from": 0.001 }‹to rate 0.0125 at epoch 34› },
        "multigrid": { "longCycle": false, "shortCycle": false,
          "longCycleFactors": [[0.25, 0.7071], [0.5, 0.7071], [0.5, 1], [1, 1]],
          "shortCycleFactors": [0.5, 0.7071]
        }
      }"
    `)
  })
})

describe('the lenses of a schedule', () => {
  it('stand over the key multigrid, in the middle of typing too', () => {
    const at = kinetics.indexOf('"multigrid"')
    expect(lensPlace(kinetics)).toEqual({ offset: at, length: 11 })
    expect(lensPlace(kinetics.slice(0, -1))).toEqual({ offset: at, length: 11 })
  })

  it('stand over the file where it has no such key', () => {
    expect(lensPlace('{ "data": { "train": "multigrid", "multigrid": 1 } }')).toEqual({
      offset: 0,
      length: 0,
    })
    expect(lensPlace('')).toEqual({ offset: 0, length: 0 })
  })
})
