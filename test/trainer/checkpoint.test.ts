import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { Checkpoints } from '../../src/trainer/checkpoint'

let folder: string
let checkpoints: Checkpoints

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'checkpoints-')), 'checkpoints')
  checkpoints = new Checkpoints(folder)
})

const save = (iteration: number, top1?: number, map?: number): void =>
  void checkpoints.save(
    { iteration, epoch: iteration / 10, offset: 0, top1, map },
    { model: Buffer.from(`model ${iteration}`), optimizer: Buffer.from(`momentum ${iteration}`) },
  )
const names = (): number[] =>
  readdirSync(folder)
    .map(Number)
    .sort((a, b) => a - b)

describe('checkpoints', () => {
  it('come back as they were saved', () => {
    save(10)
    const { checkpoint, refused } = checkpoints.latest()
    expect(refused).toEqual([])
    expect(checkpoint?.state).toMatchObject({ iteration: 10, epoch: 1 })
    expect(Buffer.from(checkpoint!.model).toString()).toBe('model 10')
    expect(Buffer.from(checkpoint!.optimizer).toString()).toBe('momentum 10')
  })

  it('keep the last three and the best', () => {
    save(1, 0.3)
    save(2, 0.9)
    save(3, 0.5)
    for (const iteration of [4, 5, 6]) save(iteration)
    expect(names()).toEqual([2, 4, 5, 6])
  })

  it('are the best by mAP where there is one', () => {
    save(1, 0.3, 0.4)
    save(2, 0.9, 0.2)
    save(3, 0.5, 0.3)
    for (const iteration of [4, 5, 6]) save(iteration)
    expect(names()).toEqual([1, 4, 5, 6])
  })

  it('sort by number, not by name', () => {
    for (const iteration of [9, 10, 11, 100]) save(iteration)
    expect(checkpoints.latest().checkpoint?.state.iteration).toBe(100)
    expect(names()).toEqual([10, 11, 100])
  })

  it('leave out one that was never finished', () => {
    save(10)
    mkdirSync(path.join(folder, '.20.partial'))
    writeFileSync(path.join(folder, '.20.partial', 'model.safetensors'), 'half')
    expect(checkpoints.latest().checkpoint?.state.iteration).toBe(10)
    save(30)
    expect(readdirSync(folder).sort()).toEqual(['10', '30'])
  })

  it('that are damaged do not push out whole ones, and go when the run has passed on', () => {
    for (const iteration of [10, 20, 30, 40]) save(iteration)
    for (const damaged of ['30', '40']) rmSync(path.join(folder, damaged, 'optimizer.safetensors'))
    expect(checkpoints.latest().checkpoint?.state.iteration).toBe(20)
    save(25)
    expect(checkpoints.latest().checkpoint?.state.iteration).toBe(25)
    expect(names()).toEqual([20, 25])
  })

  it('are not begun anew where all are damaged', () => {
    for (const iteration of [10, 20]) {
      save(iteration)
      rmSync(path.join(folder, `${iteration}`, 'state.json'))
    }
    expect(() => checkpoints.latest()).toThrow(HumanError)
    expect(() => checkpoints.latest()).toThrow(
      /None of the checkpoints .* \(checkpoint 20: its state\.json is missing or damaged; checkpoint 10: .*Put a whole one back/,
    )
  })

  it.each([
    ['truncated', (file: string) => truncateSync(file, 3), /model\.safetensors has 3 bytes of 8/],
    ['overwritten', (file: string) => writeFileSync(file, 'mXdel 20'), /checksum/],
  ])('refuse a %s one by name and use the one before it', (_, damage, why) => {
    save(10)
    save(20)
    damage(path.join(folder, '20', 'model.safetensors'))
    const { checkpoint, refused } = checkpoints.latest()
    expect(checkpoint?.state.iteration).toBe(10)
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatch(/^checkpoint 20/)
    expect(refused[0]).toMatch(why)
  })

  it('refuse one whose state is damaged', () => {
    save(10)
    save(20)
    writeFileSync(path.join(folder, '20', 'state.json'), '{"iter')
    expect(checkpoints.latest().checkpoint?.state.iteration).toBe(10)
  })

  it('replace one of the same iteration', () => {
    save(10)
    save(10)
    expect(names()).toEqual([10])
  })

  it('say in a sentence that the disk will not take it, and keep those before', () => {
    save(10)
    const inTheWay = path.join(folder, '10', 'state.json', 'checkpoints')
    const broken = new Checkpoints(inTheWay)
    const act = (): unknown =>
      broken.save(
        { iteration: 20, epoch: 2, offset: 0 },
        { model: Buffer.from('m'), optimizer: Buffer.from('o') },
      )
    expect(act).toThrow(HumanError)
    expect(act).toThrow(/was not saved.*intact/)
    expect(checkpoints.latest().checkpoint?.state.iteration).toBe(10)
  })

  // A real full disk: a memory file system of 1 MiB, which only root may mount.
  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'survive a disk that is full, and are saved again when it is not',
    ({ skip }) => {
      mkdirSync(folder)
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
      if (mounted.status !== 0) skip('this container may not mount')
      try {
        save(10)
        const filler = path.join(folder, 'filler')
        writeFileSync(filler, Buffer.alloc(900_000))
        const big = { model: Buffer.alloc(400_000), optimizer: Buffer.alloc(10) }
        expect(() => checkpoints.save({ iteration: 20, epoch: 2, offset: 0 }, big)).toThrow(
          /the disk that holds .* is full\. Free some space/,
        )
        expect(readdirSync(folder).sort()).toEqual(['10', 'filler'])
        expect(checkpoints.latest().checkpoint?.state.iteration).toBe(10)
        rmSync(filler)
        checkpoints.save({ iteration: 20, epoch: 2, offset: 0 }, big)
        expect(checkpoints.latest().checkpoint?.state.iteration).toBe(20)
      } finally {
        spawnSync('umount', [folder])
      }
    },
  )
})
