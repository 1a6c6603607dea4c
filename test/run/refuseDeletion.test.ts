import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refuseDeletion } from '../../src/run/refuseDeletion'
import { folderMiB } from '../../src/run/folderMiB'
import { recordRun } from './recordedRun'

let place: string
beforeEach(() => (place = mkdtempSync(path.join(tmpdir(), "delete's "))))
afterEach(() => rmSync(place, { recursive: true }))

describe('the folder of a run that is to be deleted', () => {
  it('may be, also where the workspace is reached by a link', () => {
    const { folder } = recordRun({ folder: path.join(place, 'w'), name: 'a', steps: 1 })
    expect(() => refuseDeletion(folder)).not.toThrow()
    symlinkSync(path.join(place, 'w'), path.join(place, 'link'))
    expect(() =>
      refuseDeletion(folder.replace(`${path.sep}w${path.sep}`, `${path.sep}link${path.sep}`)),
    ).not.toThrow()
  })

  it('may not be where it is a link, or lies behind one', () => {
    const { folder } = recordRun({ folder: place, name: 'a', steps: 1 })
    const elsewhere = path.join(place, 'elsewhere', path.basename(folder))
    mkdirSync(path.dirname(elsewhere))
    renameSync(folder, elsewhere)
    symlinkSync(elsewhere, folder)
    expect(() => refuseDeletion(folder)).toThrow('it is not a folder of its own')

    const runs = path.dirname(folder)
    rmSync(runs, { recursive: true })
    symlinkSync(path.dirname(elsewhere), runs)
    expect(() => refuseDeletion(folder)).toThrow('a link leads to it')
  })

  it('may not be where it lies elsewhere', () => {
    const { folder } = recordRun({ folder: place, name: 'a', steps: 1 })
    const copy = path.join(place, 'runs', path.basename(folder))
    mkdirSync(path.dirname(copy))
    renameSync(folder, copy)
    expect(() => refuseDeletion(copy)).toThrow('it is not in .multigrid/runs')
    expect(() => refuseDeletion('/')).toThrow('is not deleted')
    expect(() => refuseDeletion(path.join(place, '.multigrid', 'runs'))).toThrow('is not deleted')
    expect(() => refuseDeletion(path.join(place, '.multigrid', 'runs', 'a', '..', '..'))).toThrow(
      'is not deleted',
    )
  })

  it('may not be where it is none of a run of this name', () => {
    const { folder, record } = recordRun({ folder: place, name: 'a', steps: 1 })
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ ...record, id: 'another' }))
    expect(() => refuseDeletion(folder)).toThrow('not the record of a run of this name')
    rmSync(path.join(folder, 'run.json'))
    expect(() => refuseDeletion(folder)).toThrow('not the record of a run of this name')
    rmSync(folder, { recursive: true })
    expect(() => refuseDeletion(folder)).toThrow('it cannot be read')
  })
})

describe('the size of a folder', () => {
  it('counts what is in it, deep down, and not what its links lead to', async () => {
    mkdirSync(path.join(place, 'a', 'b'), { recursive: true })
    writeFileSync(path.join(place, 'a', 'b', 'c'), Buffer.alloc(1 << 20))
    writeFileSync(path.join(place, 'a', 'd'), Buffer.alloc(1 << 20))
    writeFileSync(path.join(place, 'large'), Buffer.alloc(8 << 20))
    symlinkSync(path.join(place, 'large'), path.join(place, 'a', 'link'))
    symlinkSync(place, path.join(place, 'a', 'loop'))
    expect(await folderMiB(path.join(place, 'a'))).toBeCloseTo(2, 2)
    expect(await folderMiB(path.join(place, 'nowhere'))).toBe(0)
  })
})
