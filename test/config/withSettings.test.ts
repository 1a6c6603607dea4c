import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parse'
import { withSettings } from '../../src/config/withSettings'

const text =
  '{\n  // mine\n  "data": { "train": "clips" },\n  "train": { "steps": [0, 10], "epochs": 20 }\n}\n'

describe('settings made in a schedule', () => {
  it('change a key, add one, and reach into lists', () => {
    const edited = withSettings(text, ['train.epochs=40', 'multigrid.epochFactor=1', 'train.steps.1=20'])
    expect(parseConfig(edited).config).toMatchObject({
      train: { epochs: 40, steps: [0, 20] },
      multigrid: { epochFactor: 1 },
    })
    expect(edited).toContain('// mine')
  })

  it('take JSON, and anything else as text', () => {
    const edited = withSettings(text, [
      'name=my run',
      'multigrid.longCycleFactors=[[1, 1]]',
      'data.flip=false',
    ])
    expect(parseConfig(edited).config).toMatchObject({
      name: 'my run',
      multigrid: { longCycleFactors: [[1, 1]] },
      data: { flip: false },
    })
    expect(parseConfig(withSettings(text, ['name=a=b'])).config?.name).toBe('a=b')
  })

  it('are checked as the file is: an unknown key is named', () => {
    const { config, problems } = parseConfig(withSettings(text, ['multigrid.epochfactor=1']))
    expect(config).toBeUndefined()
    expect(problems[0]!.message).toContain('"epochFactor"')
  })

  it.each([
    ['nothing', /write KEY=VALUE/],
    ['=1', /write KEY=VALUE/],
    ['', /write KEY=VALUE/],
  ])('say how to write them: "%s"', (assignment, message) => {
    expect(() => withSettings(text, [assignment])).toThrow(message)
  })

  it('with no place in the file are refused in a sentence, or named by its check', () => {
    for (const assignment of ['train.epochs.deep=1', 'train.steps.x=1', 'a.b.c=1', '0=1', 'data.train.0=1']) {
      const look = (): unknown => parseConfig(withSettings(text, [assignment])).problems[0]
      let problem: unknown
      try {
        problem = look()
      } catch (error) {
        problem = error
        expect((error as Error).name).toBe('HumanError')
      }
      expect(problem, assignment).toBeDefined()
    }
  })

  it('leave a broken file to its check', () => {
    for (const broken of ['', '{', '[1', 'nonsense', '{"train": 3}']) {
      let problems: unknown
      try {
        problems = parseConfig(withSettings(broken, ['train.epochs=4'])).problems
      } catch (error) {
        problems = error
        expect((error as Error).name).toBe('HumanError')
      }
      expect(problems, broken).not.toEqual([])
    }
  })
})
