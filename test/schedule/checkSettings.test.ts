import { describe, expect, it } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { makePlan } from '../../src/schedule/plan'
import { remarks } from '../../src/schedule/remarks'
import { kinetics } from './kinetics'

const refusal = (settings: ReturnType<typeof kinetics>): string => {
  try {
    makePlan(settings)
  } catch (error) {
    if (error instanceof HumanError) return error.message
  }
  throw new Error('The settings were not refused.')
}

const doubts = (settings: ReturnType<typeof kinetics>): string[] =>
  [...remarks(settings, makePlan(settings))].map(({ path, message }) => `${path.join('.')} ${message}`)

describe('settings that cannot work', () => {
  it('are refused with every reason at once', () => {
    const message = refusal(
      kinetics({
        data: { jitter: [200, 320] },
        train: { batch: 8, steps: [1, 94, 90, 300] },
        engine: { devices: 16 },
      }),
    )
    expect(message.split('\n')).toEqual([
      'train.steps must begin with 0, the epoch where training starts, not with 1.',
      'train.steps[2] must be greater than the step before it, but 90 follows 94.',
      'train.steps[3] must lie below train.epochs, but 300 of 239 epochs is given.',
      'engine.devices must be at most train.batch: 16 devices cannot share 8 clips.',
      'data.jitter[0] must be at least data.crop, 224: the crop is cut from it.',
    ])
  })

  it.each([
    [
      'a batch that does not divide over the devices',
      kinetics({ train: { batch: 60 } }),
      /must divide train.batch: with 8 devices it can be 56 or 64, not 60/,
    ],
    [
      'a long-cycle shape without a frame',
      kinetics({ data: { frames: 2 } }),
      /longCycleFactors\[0\]\[0\] leaves no frame of data.frames, 2/,
    ],
    [
      'a short-cycle crop without a pixel',
      kinetics({ multigrid: { shortCycleFactors: [0.001] } }),
      /shortCycleFactors\[0\] leaves no pixel/,
    ],
    [
      'a stage without a rate of its own',
      kinetics({ train: { rates: [1, 0.1] } }),
      /rates must have one rate for each of train.steps: 4, not 2/,
    ],
    [
      'a cosine that ends above its start',
      kinetics({ train: { policy: 'cosine', finalLearningRate: 0.2 } }),
      /finalLearningRate must be below train.learningRate, 0.1/,
    ],
    [
      'an epoch factor that leaves no epoch',
      kinetics({ multigrid: { epochFactor: 0.001 } }),
      /epochFactor leaves no epoch of train.epochs, 239/,
    ],
    ['an epoch factor that makes millions', kinetics({ train: { epochs: 1_000_000 } }), /must be at most 1/],
  ])('for %s', (_, settings, message) => {
    expect(refusal(settings)).toMatch(message)
  })
})

describe('settings that are probably not meant', () => {
  it('are none in the published recipe', () => {
    expect(doubts(kinetics())).toEqual([])
  })

  it('include a rate for a larger batch, with what linear scaling says', () => {
    expect(doubts(kinetics({ train: { batch: 16 } }))).toEqual([
      'train.learningRate is 4 times what linear scaling of 0.1 for 64 clips says for a batch of 16: 0.025',
    ])
  })

  it('include a warm-up that outlasts the first phase, or the training', () => {
    expect(doubts(kinetics({ train: { warmup: { epochs: 100, from: 0 } } }))[0]).toMatch(
      /ends at epoch 100, after the first phase \(epochs 0 to 73\)/,
    )
    expect(doubts(kinetics({ train: { warmup: { epochs: 400, from: 0 } } }))[0]).toMatch(
      /longer than the training: 400 of 358 epochs/,
    )
  })

  it('include batches that normalisation cannot cut into equal parts', () => {
    const settings = kinetics({ train: { batch: 28, learningRate: 0.04 }, engine: { devices: 1 } })
    expect(doubts(settings)).toEqual([
      'multigrid.bnBase does not divide every batch: in epochs 142 to 158 normalisation cannot cut 28 clips into 3 equal parts',
    ])
  })

  it('include shapes and stages that rounding leaves no epoch', () => {
    const few = { epochs: 12, steps: [0, 3, 6, 11] }
    const long = doubts(kinetics({ train: few, multigrid: { epochFactor: 1 } }))
    expect(long.filter((one) => one.includes('rounding leaves none'))).toMatchInlineSnapshot(`
      [
        "multigrid.longCycleFactors.3 is trained for no epoch in the stages of train.steps that begin at 0 and 3: rounding leaves none",
        "multigrid.longCycleFactors.1 is trained for no epoch in the stage of train.steps that begins at 3: rounding leaves none",
      ]
    `)
    const steps = { epochs: 40, steps: [0, 10, 39], warmup: { epochs: 0, from: 0 } }
    const last = doubts(kinetics({ train: steps, multigrid: { epochFactor: 0.5 } }))
    expect(last.filter((one) => one.startsWith('train.steps'))).toMatchInlineSnapshot(`
      [
        "train.steps.2 leaves no epoch to the last stage, which trains at the full shape: 1 of 40 epochs round to none",
      ]
    `)
    const short = { longCycle: false, epochFactor: 0.5 }
    expect(doubts(kinetics({ train: { ...steps, steps: [0, 10, 11] }, multigrid: short })))
      .toMatchInlineSnapshot(`
      [
        "train.steps.1 begins a stage of no epoch: multigrid.epochFactor, 0.5, leaves none of it",
      ]
    `)
  })

  it('include a long cycle that has no stage to run in', () => {
    expect(doubts(kinetics({ train: { steps: [0] } }))[0]).toMatch(/train.steps has one stage/)
  })
})
