import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readDataset } from '../../../src/data/dataset'
import { trainingRequests } from '../../../src/data/trainingRequests'
import { AttachedRun } from '../../../src/run/AttachedRun'
import type { StepShape } from '../../../src/protocol/events'
import { batchPlace } from '../../../src/run/batchPlace'
import { applyWhenTraining, editedSchedule } from '../../../src/run/editedSchedule'
import { isAlive } from '../../../src/runtime/isAlive'
import { listRuns, readRun } from '../../../src/run/runFolders'
import { makePlan } from '../../../src/schedule/plan'
import { readSafetensors } from '../../../src/trainer/safetensors'
import { command, Followed, removeWorkspaces, smallSchedule, workspace } from './workspace'

const losses = (run: Followed): (number | null)[] => run.ofType('step').map(({ loss }) => loss)

/** The shapes and strides of steps, as they follow from the run's folder. */
async function shapesMadeAnew(run: Followed, steps: readonly { iteration: number }[]): Promise<StepShape[]> {
  const { config, offset } = await batchPlace(run.run.folder)
  const dataset = await readDataset(config.data)
  return steps.map(({ iteration: start }) => {
    const place = { dataset, config, plan: makePlan(config), start, offset }
    const { samples, frames, size } = trainingRequests(place).next().value!
    const stride = samples.reduce((sum, sample) => sum + sample.stride, 0) / samples.length
    return { batch: samples.length, frames, size, stride }
  })
}

afterAll(removeWorkspaces)

describe('a run in a process of its own', () => {
  it('trains a schedule to its end and keeps everything in its folder', async () => {
    const place = await workspace((schedule) => ({
      ...schedule,
      model: { ...schedule.model, arch: 'slowfast', alpha: 2, betaInv: 2 },
    }))
    const run = Followed.of(place)
    await run.run.start(await command())
    await run.run.ended()

    expect(run.problems).toEqual([])
    expect(run.states.at(-1)).toBe('finished')
    expect(run.events.map(({ seq }) => seq)).toEqual(run.events.map((_, i) => i + 1))
    const { plan, iterations, forecast } = run.ofType('plan')[0]!
    expect(
      new Set(plan.phases.flatMap(({ shapes }) => shapes.map(({ batch }) => batch))).size,
    ).toBeGreaterThan(2)
    expect(forecast!.secondsLeft).toBeGreaterThan(0)
    const steps = run.ofType('step')
    expect(steps.map(({ iteration }) => iteration)).toEqual(Array.from({ length: iterations }, (_, i) => i))
    for (const { phase, shape } of steps) {
      expect(plan.phases[phase]!.shapes).toContainEqual(
        expect.objectContaining({ batch: shape.batch, frames: shape.frames, size: shape.size }),
      )
    }
    expect(await shapesMadeAnew(run, steps)).toEqual(steps.map(({ shape }) => shape))
    expect(steps.at(-1)!.progress).toBeGreaterThan(0.9)
    expect(run.ofType('evaluation').at(-1)!.clips).toBe(8)

    const { folder, record } = readRun(run.run.folder)!
    expect(record.state).toBe('finished')
    const { seconds, ...progress } = record.progress!
    expect(progress).toEqual({ iteration: iterations, iterations, epoch: plan.epochs, epochs: plan.epochs })
    const evaluated = run.ofType('evaluation').reduce((sum, one) => sum + one.seconds, 0)
    const stepped = steps.reduce((sum, one) => sum + one.seconds.data + one.seconds.compute, 0)
    expect(seconds).toBeCloseTo(stepped + evaluated, 6)
    if (process.platform !== 'win32') expect(statSync(path.join(folder, 'run.json')).mode & 0o777).toBe(0o600)
    expect(existsSync(path.join(folder, 'plan.json'))).toBe(true)
    expect(readdirSync(path.join(folder, 'checkpoints')).map(Number)).toContain(iterations)
    expect(listRuns(place.folder).map(({ record: { id } }) => id)).toEqual([record.id])
    expect(readFileSync(path.join(folder, 'trainer.log'), 'utf8')).not.toContain(record.token)
  })

  it('pauses within a step, keeps its process, and goes on when it is resumed', async () => {
    const run = Followed.of(await workspace())
    await run.run.start(await command())
    await run.untilStep(2)
    await run.run.api.hold({})
    const pid = run.run.record.pid!
    const steps = run.ofType('step').length
    await delay(500)
    expect(run.ofType('step')).toHaveLength(steps)
    expect(run.run.history.current.state).toBe('held')
    expect(isAlive(pid)).toBe(true)
    await run.run.api.resume({})
    await run.untilStep(steps + 2)
    await run.run.api.stop({ checkpoint: false })
    await run.run.ended()
    expect(run.states).toEqual(expect.arrayContaining(['holding', 'held', 'running', 'stopped']))
  })

  it('stopped twice, writes one checkpoint, the one that both answers name, and goes on from it', async () => {
    const run = Followed.of(await workspace())
    await run.run.start(await command())
    await run.untilStep(5)
    const answers = await Promise.all([
      run.run.api.stop({ checkpoint: true }),
      run.run.api.stop({ checkpoint: true }),
    ])
    await run.run.ended()
    const [first, second] = answers
    expect(second).toEqual(first)
    expect(existsSync(path.join(first.checkpoint!, 'state.json'))).toBe(true)
    expect(run.ofType('step').at(-1)!.iteration).toBe(first.iteration - 1)
    expect(run.run.history.current.state).toBe('stopped')

    const before = run.events.length
    await run.run.start(await command())
    const next = await run.until((event) => event.type === 'step' && event.seq > before)
    expect(next).toMatchObject({ iteration: first.iteration, seq: expect.any(Number) as number })
    expect(run.events.map(({ seq }) => seq)).toEqual(run.events.map((_, i) => i + 1))
    await run.run.api.stop({ checkpoint: false })
    await run.run.ended()
  })

  it('released, saves, frees its process, and comes back', async () => {
    const run = Followed.of(await workspace())
    await run.run.start(await command())
    await run.untilStep(3)
    const pid = run.run.record.pid!
    const { iteration } = await run.run.api.release({})
    await run.run.ended()
    for (let i = 0; i < 50 && isAlive(pid); i++) await delay(100)
    expect(isAlive(pid)).toBe(false)
    expect(readRun(run.run.folder)!.record.state).toBe('released')
    await run.run.start(await command())
    await run.untilStep(iteration)
    await run.run.api.stop({ checkpoint: false })
    await run.run.ended()
  })

  it('killed with -9, says so, and trains on from its last checkpoint to the very losses of a run that was not', async () => {
    const whole = Followed.of(await workspace())
    await whole.run.start(await command())
    await whole.run.ended()

    const killed = Followed.of(await workspace())
    await killed.run.start(await command())
    const { iteration } = (await killed.until((event) => event.type === 'checkpoint')) as {
      iteration: number
    }
    await killed.untilStep(iteration + 1)
    process.kill(killed.run.record.pid!, 'SIGKILL')
    await killed.run.ended()
    expect(killed.run.history.current.state).toBe('gone')
    expect(killed.run.history.current.reason).toMatch(/killed \(SIGKILL\).*resume it/)

    await killed.run.start(await command())
    await killed.run.ended()
    expect(killed.run.history.current.state).toBe('finished')
    const resumed = killed.ofType('run')[1]!.iteration
    expect(resumed).toBeGreaterThan(0)
    const after = killed.ofType('step').filter(({ seq }) => seq > killed.ofType('run')[1]!.seq)
    expect(after.map(({ iteration: i }) => i)[0]).toBe(resumed)
    expect(after.map(({ loss }) => loss)).toEqual(losses(whole).slice(resumed))
  })

  it('shows the same to a second client that comes late', async () => {
    const run = Followed.of(await workspace())
    await run.run.start(await command())
    await run.untilStep(4)
    const second = new Followed(new AttachedRun(readRun(run.run.folder)!))
    await second.run.open()
    await run.run.api.stop({ checkpoint: false })
    await Promise.all([run.run.ended(), second.run.ended()])
    expect(second.events).toEqual(run.events)
    expect(second.run.history.view()).toEqual(run.run.history.view())
  })

  it('stopped, shows what was edited in its schedule since, and takes it when asked', async () => {
    const place = await workspace()
    const run = Followed.of(place)
    await run.run.start(await command())
    await run.untilStep(3)
    await run.run.api.stop({ checkpoint: true })
    await run.run.ended()
    expect(editedSchedule(run.run)).toBeUndefined()

    const schedule = JSON.parse(readFileSync(place.schedule, 'utf8')) as { train: { learningRate: number } }
    schedule.train.learningRate = 0.005
    writeFileSync(place.schedule, JSON.stringify(schedule))
    const edited = editedSchedule(run.run)!
    expect(edited.changes).toEqual(['train.learningRate: 0.05 → 0.005'])

    await run.run.start(await command())
    const fromEpoch = await applyWhenTraining(run.run, edited.config)
    const after = await run.until((event) => event.type === 'step' && event.epoch >= fromEpoch + 0.5)
    const plan = run.ofType('plan').at(-1)!
    expect(plan.changes).toEqual(edited.changes)
    const rate = (after as { lr: number }).lr
    expect(Math.max(...plan.rates.map(([, lr]) => lr))).toBeGreaterThanOrEqual(rate)
    expect(editedSchedule(run.run)).toBeUndefined()
    await run.run.api.stop({ checkpoint: false })
    await run.run.ended()
  })

  it('takes an edited rate at once, in the middle of an epoch, and no edit that it cannot', async () => {
    // Without cycles an epoch has sixteen steps: it is still under way when it is held.
    const run = Followed.of(
      await workspace((schedule) => ({ ...schedule, multigrid: { longCycle: false, shortCycle: false } })),
    )
    await run.run.start(await command())
    await run.untilStep(2)
    const config = JSON.parse(readFileSync(path.join(run.run.folder, 'config.json'), 'utf8')) as {
      train: { learningRate: number }
      model: { width: number }
    }
    const wider = { ...config, model: { ...config.model, width: 8 } }
    await expect(run.run.api.applyConfig({ config: wider })).rejects.toThrow(
      /^model.width: 4 → 8: the network and its data are made when a run starts/,
    )
    await expect(run.run.api.previewConfig({ config: { nonsense: 1 } })).rejects.toThrow()
    const slower = { ...config, train: { ...config.train, learningRate: config.train.learningRate / 10 } }
    const { iteration } = run.ofType('step').at(-1)!
    await run.untilStep((Math.floor(iteration / 16) + 1) * 16 + 4)
    await run.run.api.hold({})
    const { fromEpoch, changes } = await run.run.api.applyConfig({ config: slower })
    await run.run.api.resume({})
    expect(changes).toEqual(['train.learningRate: 0.05 → 0.005'])
    expect(fromEpoch % 1).toBeGreaterThan(0)
    const applied = run.events.at(-1)!.seq
    await run.run.ended()
    const iterations = run.ofType('step').map(({ iteration }) => iteration)
    expect(iterations).toEqual(iterations.map((_, index) => index))
    const next = run.ofType('step').find(({ seq }) => seq > applied)!
    expect(next.epoch - fromEpoch).toBeLessThan(0.5)
    expect(run.states.at(-1)).toBe('finished')
    const [planned, edited] = run.ofType('plan')
    expect(edited?.changes).toEqual(changes)
    for (const { epoch, lr } of run.ofType('step')) {
      const rates = epoch < fromEpoch ? planned!.rates : edited!.rates
      const near = rates.filter(([at]) => Math.abs(at - epoch) <= 0.5).map(([, rate]) => rate)
      expect(lr).toBeGreaterThanOrEqual(Math.min(...near) * 0.999)
      expect(lr).toBeLessThanOrEqual(Math.max(...near) * 1.001)
    }
  })

  it('tells the batches of an edited schedule that counts its iterations anew', async () => {
    const run = Followed.of(
      await workspace((schedule) => ({ ...schedule, train: { ...schedule.train, evaluateEvery: 100 } })),
    )
    await run.run.start(await command())
    await run.untilStep(3)
    const config = JSON.parse(readFileSync(path.join(run.run.folder, 'config.json'), 'utf8')) as {
      data: object
    }
    const smaller = { ...config, data: { ...config.data, frames: 4, stride: 2 } }
    await run.run.api.applyConfig({ config: { ...smaller, train: { ...smallSchedule.train, batch: 1 } } })
    await run.run.ended()
    expect(run.states.at(-1)).toBe('finished')
    const from = run.events.findIndex((event) => event.type === 'plan' && event.changes.length > 0)
    const steps = run.events.slice(from).filter((event) => event.type === 'step')
    expect((await batchPlace(run.run.folder)).offset).not.toBe(0)
    expect(await shapesMadeAnew(run, steps)).toEqual(steps.map(({ shape }) => shape))
    await expect(batchPlace(run.run.folder, steps[0]!.iteration - 1)).rejects.toThrow(
      'was edited at iteration',
    )
  })

  it('tells what waits for its epoch to all, and takes it back before', async () => {
    const run = Followed.of(await workspace())
    await run.run.start(await command())
    await run.untilStep(2)
    const config = JSON.parse(readFileSync(path.join(run.run.folder, 'config.json'), 'utf8')) as {
      train: object
    }
    const longer = { ...config, train: { ...config.train, epochs: 40 } }
    await run.run.api.hold({})
    const { fromEpoch, outcome } = await run.run.api.previewConfig({ config: longer })
    expect(Number.isInteger(fromEpoch)).toBe(true)
    expect(outcome!.plan.epochs).toBeGreaterThan(run.ofType('plan')[0]!.plan.epochs)
    expect(outcome!.secondsLeft).toBeGreaterThan(2 * outcome!.secondsLeftBefore)
    await run.run.api.applyConfig({ config: longer })
    const second = new AttachedRun(readRun(run.run.folder)!)
    await second.open()
    await expect.poll(() => second.history.current.edit).toMatchObject({ state: 'waits', fromEpoch })
    await second.api.withdrawConfig({})
    await expect(second.api.withdrawConfig({})).rejects.toThrow(/^No edit waits/)
    await expect.poll(() => run.run.history.current.edit).toBeNull()
    await run.run.api.resume({})
    await run.run.ended()
    second.dispose()
    expect(run.states.at(-1)).toBe('finished')
    expect(run.ofType('plan')).toHaveLength(1)
  })

  it('trains by an edited momentum, decay and clipping from the next epoch on', async () => {
    const run = Followed.of(
      await workspace((schedule) => ({ ...schedule, train: { ...schedule.train, epochs: 8 } })),
    )
    await run.run.start(await command())
    await run.untilStep(1)
    const config = JSON.parse(readFileSync(path.join(run.run.folder, 'config.json'), 'utf8')) as {
      train: object
    }
    const still = { momentum: 0, nesterov: false, weightDecay: 0, gradientClip: 1e-9 }
    const { fromEpoch } = await run.run.api.applyConfig({
      config: { ...config, train: { ...config.train, ...still } },
    })
    const weights = async (epoch: number): Promise<Float32Array> => {
      const saved = await run.until((event) => event.type === 'checkpoint' && event.epoch === epoch)
      const file = path.join((saved as { path: string }).path, 'model.safetensors')
      return readSafetensors(readFileSync(file), file).tensors.get('head.projection.weight')!
        .data as Float32Array
    }
    const first = Math.ceil(fromEpoch)
    const [before, after] = [await weights(first), await weights(first + 1)]
    // A gradient of at most 1e-9 moves nothing that single precision sees in a weight.
    expect(Math.max(...before.map((value, i) => Math.abs(value - after[i]!)))).toBeLessThan(1e-7)
    await run.run.api.stop({ checkpoint: false })
    await run.run.ended()
  })
})

// A real full disk: a small memory file system, which only root may mount.
const mayMount = process.platform === 'linux' && process.getuid?.() === 0

describe.skipIf(!mayMount)('a run on a full disk', () => {
  it('says so, trains on, and saves again when there is room', async ({ skip }) => {
    const place = await workspace()
    const folder = path.join(place.folder, '.multigrid')
    mkdirSync(folder)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder])
    if (mounted.status !== 0) skip('this container may not mount')
    const run = Followed.of(place)
    try {
      await run.run.start(await command())
      await run.until((event) => event.type === 'checkpoint')
      const filler = path.join(folder, 'filler')
      fill(filler, Buffer.alloc(1 << 16))
      // The last page of the trainer's log too: what it prints has nowhere to go.
      fill(path.join(run.run.folder, 'trainer.log'), Buffer.from('\n'))
      await expect(run.run.api.stop({ checkpoint: true })).rejects.toThrow(
        /disk .* is full\. Free some space/,
      )
      await run.until((event) => event.type === 'problem' && event.kind === 'checkpoint')
      expect(run.run.history.current.state).toBe('held')
      rmSync(filler)
      const { iteration, checkpoint } = await run.run.api.stop({ checkpoint: true })
      await run.run.ended()
      expect(run.run.history.current.state).toBe('stopped')
      expect(existsSync(path.join(checkpoint!, 'state.json'))).toBe(true)

      await run.run.start(await command())
      await run.untilStep(iteration)
      await run.run.api.stop({ checkpoint: false })
      await run.run.ended()
      expect(run.events.map(({ seq }) => seq)).toEqual(run.events.map((_, i) => i + 1))
    } finally {
      run.kill()
      spawnSync('umount', ['-l', folder])
    }
  })
})

/** Appends to a file until the disk takes no more. */
function fill(file: string, bytes: Buffer): void {
  const descriptor = openSync(file, 'a')
  try {
    for (;;) writeSync(descriptor, bytes)
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
  } finally {
    closeSync(descriptor)
  }
}

describe('a run that cannot work', { timeout: 60_000 }, () => {
  /** The last word of a run that fails. */
  async function failure(run: Followed, env: NodeJS.ProcessEnv = {}): Promise<string> {
    await run.run.start(await command(env)).catch(() => undefined)
    await run.run.ended()
    expect(run.run.history.current.state).toBe('failed')
    return run.run.history.current.reason
  }

  it('says that a data folder is missing', async () => {
    const run = Followed.of(await workspace((s) => ({ ...s, data: { ...s.data, train: 'nowhere' } })))
    expect(await failure(run)).toMatch(/nowhere.*cannot be opened.*Correct the path/)
  })

  it('says that there is no ffmpeg where the settings say', async () => {
    expect(await failure(Followed.of(await workspace()), { MULTIGRID_FFMPEG: '/no/such/ffmpeg' })).toMatch(
      /ffmpeg/,
    )
  })

  it('says how many clips the largest batch needs', async () => {
    const run = Followed.of(await workspace((s) => ({ ...s, train: { ...s.train, batch: 16 } })))
    expect(await failure(run)).toMatch(/32 training clips.*at least \d+ clips/)
  })

  it('says that no port is to be had, and what to look at', async () => {
    const place = await workspace()
    // The real trainer, in a Node.js whose sockets may not listen, as a sandbox or a security policy has it.
    const refusal = path.join(place.folder, 'refuse.cjs')
    writeFileSync(
      refusal,
      `require('node:net').Server.prototype.listen = function () {
        process.nextTick(() => this.emit('error', Object.assign(new Error('listen EACCES: permission denied'), { code: 'EACCES' })))
        return this
      }`,
    )
    const reason = await failure(Followed.of(place), { NODE_OPTIONS: `--require ${JSON.stringify(refusal)}` })
    expect(reason).toMatch(/cannot listen on 127\.0\.0\.1.*EACCES.*firewall/)
  })

  it('that has diverged ends with what to do, its weights from before', async () => {
    const run = Followed.of(
      await workspace((s) => ({
        ...s,
        train: {
          ...s.train,
          learningRate: 1000,
          warmup: { epochs: 0, from: 1000 },
          epochs: 40,
          steps: [0, 20],
        },
      })),
    )
    expect(await failure(run)).toMatch(/not been finite for 10 steps in a row.*train\.learningRate/)
    const lost = run.ofType('step').filter(({ loss }) => loss === null)
    expect(lost.length).toBeGreaterThanOrEqual(10)
    expect(run.problems.filter((message) => message.includes('its update was skipped'))).toHaveLength(
      lost.length,
    )
  })

  it('replaces a corrupt clip, says which and why, and trains on', async () => {
    const place = await workspace((s) => ({ ...s, data: { ...s.data, train: 'data/train' } }))
    const from = (await workspace()).schedule
    const { data } = JSON.parse(readFileSync(from, 'utf8')) as { data: { train: string } }
    const to = path.join(place.folder, 'data', 'train')
    for (const name of readdirSync(data.train)) {
      mkdirSync(path.join(to, name), { recursive: true })
      for (const clip of readdirSync(path.join(data.train, name))) {
        writeFileSync(path.join(to, name, clip), readFileSync(path.join(data.train, name, clip)))
      }
    }
    const bad = path.join(to, readdirSync(to)[0]!, 'broken.mp4')
    writeFileSync(bad, 'not a video at all')
    const run = Followed.of(place)
    await run.run.start(await command())
    await run.until((event) => event.type === 'problem' && event.kind === 'clip')
    await run.untilStep(6)
    await run.run.api.stop({ checkpoint: false })
    await run.run.ended()
    expect(run.problems.filter((message) => message.includes('broken.mp4'))).toHaveLength(1)
  })
})
