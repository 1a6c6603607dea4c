import { describe, expect, it } from 'vitest'
import { applied } from '../../src/editor/applied'
import { scheduleFixes } from '../../src/editor/scheduleFixes'
import { scheduleProblems } from '../../src/editor/scheduleProblems'

interface Case {
  readonly problem: string
  readonly before: string
  /** What is underlined, and what is said of it. */
  readonly underlined: string
  readonly says: RegExp
  /** All that is offered, the likeliest first. */
  readonly offers: readonly string[]
  /** The text after the first offer; the second, third… follow where they are given. */
  readonly after: string | readonly string[]
}

const cases: readonly Case[] = [
  {
    problem: 'a key that is nearly known',
    before: `{ "data": { "train": "t" }, "train": { "lerningRate": 0.01 /* mine */ } }`,
    underlined: `"lerningRate"`,
    says: /^train\.lerningRate is not a key; did you mean "learningRate"\?$/,
    offers: ['Change to "learningRate"'],
    after: `{ "data": { "train": "t" }, "train": { "learningRate": 0.01 /* mine */ } }`,
  },
  {
    problem: 'a key of another section',
    before: `{
  "data": {
    "train": "t", // clips
    "batch": 16 // as the card allows
  },
  "train": {
    "epochs": 60 // a night
  }
}`,
    underlined: `"batch"`,
    says: /it belongs in "train"/,
    offers: ['Move to "train"'],
    after: `{
  "data": {
    "train": "t" // clips
     // as the card allows
  },
  "train": {
    "epochs": 60, // a night
    "batch": 16
  }
}`,
  },
  {
    problem: 'a word that is nearly one of a choice',
    before: `{ "data": { "train": "t" }, "model": { "arch": "slowfst" } }`,
    underlined: `"slowfst"`,
    says: /did you mean "slowfast"\?$/,
    offers: ['Change to "slowfast"', 'Change to "slow"', 'Change to "i3d"', 'Change to "c2d"'],
    after: `{ "data": { "train": "t" }, "model": { "arch": "slowfast" } }`,
  },
  {
    problem: 'a learning rate above that of its batch',
    before: `{ "data": { "train": "t" }, "train": { "batch": 8, "learningRate": 0.1 /* the paper's */ } }`,
    underlined: '0.1',
    says: /^train\.learningRate is 8 times what linear scaling of 0\.1 for 64 clips says for a batch of 8: 0\.0125$/,
    offers: ['Change train.learningRate to 0.0125'],
    after: `{ "data": { "train": "t" }, "train": { "batch": 8, "learningRate": 0.0125 /* the paper's */ } }`,
  },
  {
    problem: 'a learning rate below that of its batch',
    before: `{ "data": { "train": "t" }, "train": { "batch": 64, "learningRate": 0.0125 } }`,
    underlined: '0.0125',
    says: /^train\.learningRate is 0\.125 times .*: 0\.1$/,
    offers: ['Change train.learningRate to 0.1'],
    after: `{ "data": { "train": "t" }, "train": { "batch": 64, "learningRate": 0.1 } }`,
  },
  {
    problem: 'a warm-up past the end',
    before: `{ "data": { "train": "t" }, "train": { "epochs": 20, "steps": [0, 10], "warmup": { "epochs": 50, "from": 0.001 } }, "multigrid": { "longCycle": false, "shortCycle": false } }`,
    underlined: '50',
    says: /^train\.warmup\.epochs is longer than the training: 50 of 20 epochs/,
    offers: ['Change train.warmup.epochs to 3', 'Change train.warmup.epochs to 10'],
    after: `{ "data": { "train": "t" }, "train": { "epochs": 20, "steps": [0, 10], "warmup": { "epochs": 3, "from": 0.001 } }, "multigrid": { "longCycle": false, "shortCycle": false } }`,
  },
  {
    problem: 'a step beyond the epochs',
    before: `{
  "data": { "train": "t" },
  "train": {
    "epochs": 60,
    "steps": [
      0, // warm
      30, // fall
      70
    ]
  }
}`,
    underlined: '70',
    says: /^train\.steps\[2\] must lie below train\.epochs/,
    offers: ['Change train.steps: take 70 out', 'Change train.epochs to 85'],
    after: `{
  "data": { "train": "t" },
  "train": {
    "epochs": 60,
    "steps": [
      0, // warm
      30 // fall
    ]
  }
}`,
  },
  {
    problem: 'steps that do not ascend',
    before: `{ "data": { "train": "t" }, "train": { "epochs": 60, "steps": [0, 45 /* a */, 30 /* b */] } }`,
    underlined: '30',
    says: /^train\.steps\[2\] must be greater than the step before it, but 30 follows 45$/,
    offers: ['Change train.steps[1] to 30, train.steps[2] to 45', 'Change train.steps: take 30 out'],
    after: `{ "data": { "train": "t" }, "train": { "epochs": 60, "steps": [0, 30 /* a */, 45 /* b */] } }`,
  },
  {
    problem: 'steps that do not begin with 0',
    before: `{ "data": { "train": "t" }, "train": { "epochs": 60, "steps": [30, 45] } }`,
    underlined: '[30, 45]',
    says: /^train\.steps must begin with 0/,
    offers: ['Change train.steps: add 0', 'Change train.steps[0] to 0'],
    after: [
      `{ "data": { "train": "t" }, "train": { "epochs": 60, "steps": [0, 30, 45] } }`,
      `{ "data": { "train": "t" }, "train": { "epochs": 60, "steps": [0, 45] } }`,
    ],
  },
  {
    problem: 'a shape of the long cycle that rounding leaves no epoch',
    before: `{ "data": { "train": "t" }, "train": { "epochs": 12, "steps": [0, 6, 10] }, "multigrid": { "epochFactor": 1 } }`,
    underlined: `"multigrid"`,
    says: /^multigrid\.longCycleFactors\[[0-3]\] is trained for no epoch in the stage/,
    offers: ['Change multigrid.epochFactor to 1.4'],
    after: `{ "data": { "train": "t" }, "train": { "epochs": 12, "steps": [0, 6, 10] }, "multigrid": { "epochFactor": 1.4 } }`,
  },
  {
    problem: 'a last stage that rounding leaves no epoch',
    before: `{ "data": { "train": "t" }, "train": { "epochs": 40, "steps": [0, 10, 39] }, "multigrid": { "epochFactor": 0.5 } }`,
    underlined: '39',
    says: /^train\.steps\[2\] leaves no epoch to the last stage/,
    offers: ['Change multigrid.epochFactor to 1.3', 'Change train.steps: take 39 out'],
    after: `{ "data": { "train": "t" }, "train": { "epochs": 40, "steps": [0, 10, 39] }, "multigrid": { "epochFactor": 1.3 } }`,
  },
  {
    problem: 'a stage that the epoch factor leaves no epoch',
    before: `{ "data": { "train": "t" }, "train": { "epochs": 40, "steps": [0, 10, 11] }, "multigrid": { "longCycle": false, "epochFactor": 0.5 } }`,
    underlined: '10',
    says: /^train\.steps\[1\] begins a stage of no epoch/,
    offers: ['Change multigrid.epochFactor to 1', 'Change train.steps: take 10 out'],
    after: [
      `{ "data": { "train": "t" }, "train": { "epochs": 40, "steps": [0, 10, 11] }, "multigrid": { "longCycle": false, "epochFactor": 1 } }`,
      `{ "data": { "train": "t" }, "train": { "epochs": 40, "steps": [0, 11] }, "multigrid": { "longCycle": false, "epochFactor": 0.5 } }`,
    ],
  },
  {
    problem: 'rates that are fewer than the steps',
    before: `{ "data": { "train": "t" }, "train": { "epochs": 60, "steps": [0, 30, 45, 54], "rates": [1, 0.1] } }`,
    underlined: '[1, 0.1]',
    says: /^train\.rates must have one rate for each of train\.steps: 4, not 2$/,
    offers: ['Change train.rates: add 0.01, train.rates: add 0.001'],
    after: `{ "data": { "train": "t" }, "train": { "epochs": 60, "steps": [0, 30, 45, 54], "rates": [1, 0.1, 0.01, 0.001] } }`,
  },
  {
    problem: 'clips of fewer frames than the slow pathway takes one of',
    before: `{ "data": { "train": "t", "frames": 8 }, "model": { "alpha": 4 } }`,
    underlined: '4',
    says: /^model\.alpha must divide the frames of every shape, but clips of 2 frames are planned/,
    offers: ['Change model.alpha to 2', 'Change data.frames to 16'],
    after: [
      `{ "data": { "train": "t", "frames": 8 }, "model": { "alpha": 2 } }`,
      `{ "data": { "train": "t", "frames": 16 }, "model": { "alpha": 4 } }`,
    ],
  },
  {
    problem: 'clips of one frame, of which a network takes half',
    before: `{ "data": { "train": "t", "frames": 4 }, "model": { "arch": "i3d" } }`,
    underlined: '"i3d"',
    says: /^model\.arch cannot take clips of 1 frame/,
    offers: ['Change data.frames to 6', 'Change model.arch to "slow"'],
    after: `{ "data": { "train": "t", "frames": 6 }, "model": { "arch": "i3d" } }`,
  },
  {
    problem: 'crops that non-local blocks cannot pool',
    before: `{ "data": { "train": "t", "crop": 32 }, "model": { "arch": "slow", "nonLocal": true } }`,
    underlined: 'true',
    says: /^model\.nonLocal cannot take clips of 16 pixels/,
    offers: ['Change model.nonLocal to false'],
    after: `{ "data": { "train": "t", "crop": 32 }, "model": { "arch": "slow", "nonLocal": false } }`,
  },
  {
    problem: 'a width that the fast pathway cannot divide',
    before: `{ "data": { "train": "t" }, "model": { "width": 12, "betaInv": 8 } }`,
    underlined: '8',
    says: /^model\.betaInv must divide model\.width, 12/,
    offers: ['Change model.betaInv to 6', 'Change model.width to 16'],
    after: `{ "data": { "train": "t" }, "model": { "width": 12, "betaInv": 6 } }`,
  },
  {
    problem: 'devices that cannot share a batch',
    before: `{ "data": { "train": "t" }, "train": { "batch": 8 }, "engine": { "devices": 3 } }`,
    underlined: '3',
    says: /^engine\.devices must divide train\.batch/,
    offers: ['Change engine.devices to 2', 'Change train.batch to 9'],
    after: `{ "data": { "train": "t" }, "train": { "batch": 8 }, "engine": { "devices": 2 } }`,
  },
  {
    problem: 'a jitter whose sides are swapped',
    before: `{ "data": { "train": "t", "crop": 112, "jitter": [160, 128] } }`,
    underlined: '[160, 128]',
    says: /^data\.jitter must have the smaller side first/,
    offers: ['Change data.jitter[0] to 128, data.jitter[1] to 160'],
    after: `{ "data": { "train": "t", "crop": 112, "jitter": [128, 160] } }`,
  },
  {
    problem: 'a factor that leaves no frame',
    before: `{ "data": { "train": "t", "frames": 4 }, "model": { "arch": "slow" }, "multigrid": { "longCycleFactors": [[0.1, 1], [1, 1]] } }`,
    underlined: '0.1',
    says: /^multigrid\.longCycleFactors\[0\]\[0\] leaves no frame/,
    offers: ['Change multigrid.longCycleFactors[0][0] to 0.25'],
    after: `{ "data": { "train": "t", "frames": 4 }, "model": { "arch": "slow" }, "multigrid": { "longCycleFactors": [[0.25, 1], [1, 1]] } }`,
  },
]

describe('a quick fix', () => {
  it.each(cases)('mends $problem', ({ before, underlined, says, offers, after }) => {
    const problem = scheduleProblems(before, { bySchema: true }).find(({ message }) => says.test(message))
    expect(problem, JSON.stringify(scheduleProblems(before, { bySchema: true }), null, 1)).toBeDefined()
    expect(before.slice(problem!.offset, problem!.offset + problem!.length)).toBe(underlined)
    const mended = scheduleFixes(before, problem!).find(({ problem: { message } }) => says.test(message))
    expect(mended?.fixes.map(({ title }) => title)).toEqual(offers)
    for (const [index, text] of [after].flat().entries()) {
      const edited = applied(before, mended!.fixes[index]!.edits)
      expect(edited).toBe(text)
    }
    for (const { edits } of mended!.fixes) {
      const left = scheduleProblems(applied(before, edits), { bySchema: false })
      expect(left.map(({ message }) => message)).not.toContain(problem!.message)
    }
  })
})
