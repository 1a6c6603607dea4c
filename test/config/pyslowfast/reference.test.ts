import { stringify } from 'yaml'
import { describe, expect, it } from 'vitest'
import { keys, put } from '../../../src/config/pyslowfast/keys'
import { importPySlowFast } from '../../../src/config/pyslowfast/read'
import { goldenCases, itPlansLike } from '../../schedule/golden'
import type { GoldenCase } from '../../schedule/golden'

/** The YAML of a case; without the keys that have PySlowFast's own value when `terse`. */
function yamlOf({ input }: GoldenCase, terse: boolean): string {
  const given: Record<string, unknown> = {
    NUM_GPUS: input.numGpus,
    'TRAIN.BATCH_SIZE': input.batchSize,
    'TRAIN.EVAL_PERIOD': input.evalPeriod,
    'DATA.NUM_FRAMES': input.numFrames,
    'DATA.SAMPLING_RATE': input.samplingRate,
    'DATA.TRAIN_JITTER_SCALES': input.jitterScales,
    'DATA.TRAIN_CROP_SIZE': input.cropSize,
    'SOLVER.BASE_LR': input.baseLr,
    'SOLVER.GAMMA': input.gamma,
    'SOLVER.MAX_EPOCH': input.maxEpoch,
    'SOLVER.WARMUP_EPOCHS': input.warmupEpochs,
    'SOLVER.WARMUP_START_LR': input.warmupStartLr,
    'MULTIGRID.LONG_CYCLE': input.longCycle,
    'MULTIGRID.SHORT_CYCLE': input.shortCycle,
    'MULTIGRID.EPOCH_FACTOR': input.epochFactor,
    'MULTIGRID.LONG_CYCLE_FACTORS': input.longCycleFactors,
    'MULTIGRID.SHORT_CYCLE_FACTORS': input.shortCycleFactors,
    'MULTIGRID.BN_BASE_SIZE': input.bnBaseSize,
    'MULTIGRID.EVAL_FREQ': input.evalFreq,
  }
  const yaml = { SOLVER: { LR_POLICY: 'steps_with_relative_lrs', STEPS: input.steps, LRS: input.lrs } }
  for (const [key, value] of Object.entries(given)) {
    const fallback = keys.find(({ theirs }) => theirs === key)!.fallback
    if (!terse || JSON.stringify(fallback) !== JSON.stringify(value)) put(yaml, key.split('.'), value)
  }
  return stringify(yaml, { version: '1.1' })
}

describe.each(goldenCases)('the PySlowFast config of $name', (golden) => {
  describe.each([
    ['in full', false],
    ['without what is a default', true],
  ])('%s has the reference’s plan:', (_, terse) => {
    const { config, problems, ignored } = importPySlowFast(yamlOf(golden, terse), { name: 'imported' })

    it('is read without a doubt', () => {
      expect(problems).toEqual([])
      // With a long cycle the reference goes by GAMMA, whatever LRS says.
      expect(ignored.filter((key) => !(golden.input.longCycle && key.startsWith('SOLVER.LRS ')))).toEqual([])
    })
    itPlansLike(golden, config!)
  })
})
