import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRun } from '../../src/run/runFolders'
import { loadConfig } from '../../src/config/load'

let folder: string
let schedule: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'multigrid cli & '))
  schedule = path.join(folder, 'mine.multigrid.json')
  writeFileSync(schedule, '{ "data": { "train": "clips" }, "train": { "batch": 8, "epochs": 40 } }')
})
afterAll(() => rmSync(folder, { recursive: true }))

function multigrid(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.resolve('dist/cli.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, out: stdout, err: stderr }
}

describe('multigrid in a terminal', () => {
  it('lists its commands, and fails where none was named', () => {
    expect(multigrid('help')).toMatchObject({ status: 0, err: '' })
    expect(multigrid().status).toBe(2)
    for (const command of ['train', 'plan', 'resume', 'watch', 'explain', 'runs', 'data', 'doctor']) {
      expect(multigrid('help').out).toContain(`multigrid ${command}`)
    }
  })

  it.each([
    [['traim'], /There is no command "traim"/],
    [['plan'], /Which schedule\?/],
    [['plan', 'none.multigrid.json'], /none\.multigrid\.json cannot be read: there is no such file/],
    [['plan', 'mine.multigrid.json', '--clips', 'many'], /--clips takes the number of training clips/],
    [['plan', 'mine.multigrid.json', '--nonsense'], /--nonsense/],
    [['plan', 'mine.multigrid.json', '--set', 'train.epoch=3'], /train\.epoch .*did you mean "epochs"/],
    [['train', 'mine.multigrid.json', '--gpus', '3'], /--gpus/],
    [['stop'], /Which run\? None trains in this folder/],
    [['explain', 'nowhere'], /There is no run "nowhere" here/],
    [['watch', 'nowhere'], /There is no run "nowhere" here/],
    [['resume', 'nowhere'], /There is no run "nowhere" here/],
  ])('says what is wrong with %j in a sentence, and fails', (args, message) => {
    const { status, out, err } = multigrid(...args)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/\n {4}at /)
    expect(out).toBe('')
    expect(status).toBe(1)
  })
})

describe('multigrid plan', () => {
  it('shows a plan that fits a page where there is no terminal, without colours', () => {
    const { status, out } = multigrid('plan', 'mine.multigrid.json', '--clips', '1000')
    expect(status).toBe(0)
    expect(out).toContain('60 epochs in 13 phases')
    expect(out).toContain('fewer multiply-adds than the same training without multigrid')
    expect(out).not.toContain('\u001B')
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(140)
  })

  it('prints the plan as JSON, with the settings made in it', () => {
    const { out } = multigrid('plan', 'mine.multigrid.json', '--json', '--set', 'multigrid.epochFactor=1')
    expect(JSON.parse(out)).toMatchObject({ epochs: 40 })
  })

  it('forecasts from seconds that it is given, in words and for programs', () => {
    const known = ['--clips', '1001', '--seconds', '8x16x112=0.5']
    expect(multigrid('plan', 'mine.multigrid.json', ...known).out).toMatch(
      /About .*, \d\.\d times faster than without multigrid\./,
    )
    const json = JSON.parse(multigrid('plan', 'mine.multigrid.json', '--json', ...known).out) as {
      iterations: number
      forecast: { seconds: number; phaseSeconds: number[]; speedUp: number }
      perEpoch: { iterations: number }[]
    }
    expect(json.iterations).toBe(json.perEpoch.reduce((sum, { iterations }) => sum + iterations, 0))
    expect(json.forecast.seconds).toBeCloseTo(
      json.forecast.phaseSeconds.reduce((sum, one) => sum + one, 0),
      6,
    )
    expect(json.forecast.speedUp).toBeGreaterThan(2)
    expect(multigrid('plan', 'mine.multigrid.json', '--seconds', '8x16=1').err).toMatch(/--seconds takes/)
  })

  it('counts the clips that several devices see as the reference does', () => {
    const plan = multigrid(
      'plan',
      'mine.multigrid.json',
      '--json',
      '--clips',
      '5003',
      '--set',
      'engine.devices=8',
    )
    const { iterations } = JSON.parse(plan.out) as { iterations: number }
    const padded = multigrid('plan', 'mine.multigrid.json', '--json', '--clips', '5008')
    expect(iterations).toBe((JSON.parse(padded.out) as { iterations: number }).iterations)
  })

  it('puts a changed schedule beside the written one', () => {
    const { out } = multigrid('plan', 'mine.multigrid.json', '--set', 'multigrid.epochFactor=1')
    expect(out).toMatch(/as written {2,}multigrid\.epochFactor=1\n/)
    expect(out).toMatch(/Epochs +60 +40\n/)
  })
})

describe('multigrid and PySlowFast', () => {
  const recipe = `SOLVER: {LR_POLICY: steps_with_relative_lrs, STEPS: [0, 94, 154, 196], LRS: [1, 0.1, 0.01, 0.001], MAX_EPOCH: 239}
MULTIGRID: {LONG_CYCLE: True, SHORT_CYCLE: True}
TEST: {ENABLE: False}
`

  it('plans by a config of the other, and says what it ignored', () => {
    writeFileSync(path.join(folder, 'recipe.yaml'), recipe)
    const { status, out, err } = multigrid('plan', 'recipe.yaml', '--pyslowfast', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ epochs: 358 })
    expect(err).toContain('ignored: TEST.ENABLE')
    expect(multigrid('plan', 'recipe.yaml', '--pyslowfast', '--set', 'multigrid.epochFactor=1').out).toMatch(
      /Epochs +358 +239\n/,
    )
  })

  it('imports it as a schedule file, once, and exports that again', () => {
    expect(multigrid('import', 'recipe.yaml', '-o', 'recipe.multigrid.json').status).toBe(0)
    expect(multigrid('import', 'recipe.yaml', '-o', 'recipe.multigrid.json').err).toMatch(/exists already/)
    const { status, out } = multigrid('export', 'recipe.multigrid.json', '--pyslowfast')
    expect(status).toBe(0)
    writeFileSync(path.join(folder, 'again.yaml'), out)
    const plans = [
      multigrid('plan', 'recipe.multigrid.json', '--json').out,
      multigrid('plan', 'again.yaml', '--pyslowfast', '--json').out,
    ]
    expect(plans[1]).toBe(plans[0])
  })

  it('shows every fault of a config with its place', () => {
    writeFileSync(
      path.join(folder, 'bad.yaml'),
      recipe.replace('[0, 94, 154, 196]', 'soon').replace('239', '-3'),
    )
    const { status, err } = multigrid('plan', 'bad.yaml', '--pyslowfast')
    expect(status).toBe(1)
    expect(err).toMatch(/bad\.yaml:1:\d+ SOLVER\.STEPS must be a list of epochs/)
    expect(err).toMatch(/bad\.yaml:1:\d+ SOLVER\.MAX_EPOCH must be a whole number/)
  })
})

describe('multigrid runs', () => {
  it('says where it looked', () => {
    expect(multigrid('runs').out).toContain(`No runs in ${folder}`)
  })

  it('lists runs for people and for programs, without their token', () => {
    const { record } = createRun({ schedule, config: loadConfig(schedule).config })
    expect(multigrid('runs').out).toContain(record.id)
    const [run] = JSON.parse(multigrid('runs', '--json').out) as Record<string, unknown>[]
    expect(run).toMatchObject({ id: record.id, live: false })
    expect(run).not.toHaveProperty('token')
  })
})

describe('multigrid explain', () => {
  it('says by the record of a run how long it waited for data', () => {
    const run = createRun({ schedule, config: loadConfig(schedule).config })
    expect(multigrid('explain', run.record.id).out).toContain('Nothing was measured yet')
    const events = Array.from({ length: 30 }, (_, i) => ({
      seq: i + 1,
      time: i,
      type: 'step',
      iteration: i,
      epoch: i / 100,
      phase: 0,
      shape: { batch: 8, frames: 4, size: 56, stride: 2 },
      lr: 0.1,
      loss: 1,
      top1: 0,
      clips: 8,
      seconds: { data: 0.8, compute: 0.15 },
      progress: 0,
      secondsLeft: 1,
    }))
    writeFileSync(
      path.join(run.folder, 'events.jsonl'),
      events.map((each) => `${JSON.stringify(each)}\n`).join(''),
    )
    const { status, out, err } = multigrid('explain', path.relative(folder, run.folder))
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain('# Waiting for data: `mine`')
    expect(out).toMatch(/waited for data 84 % of its time so far, 24 s of 29 s.*input-bound/)
    expect(out).toMatch(/8 × 4 × 56² \| +8\.4 \| +53 \| +84 % \|/)
  })
})
