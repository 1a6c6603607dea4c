import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { brief, dataSets, readIn } from './makeSet'

const sets = dataSets()
afterAll(sets.remove)

/** A folder with a secret beside it, links to both it and what is inside, and a list of one row. */
function withList(row: string): string {
  const root = sets.make(['secret/s.mp4', 'set/in/a.mp4'], { 'set/list.csv': row })
  symlinkSync(join(root, 'secret'), join(root, 'set/away'))
  symlinkSync(join(root, 'secret/s.mp4'), join(root, 'set/away.mp4'))
  symlinkSync(join(root, 'set/in'), join(root, 'set/near'))
  symlinkSync(join(root, 'set/in/a.mp4'), join(root, 'set/near.mp4'))
  return root
}

describe('a row that leads out of the root', () => {
  test.each([
    ['..', '../secret/s.mp4 0'],
    ['.. further on', 'in/../../secret/s.mp4 0'],
    ['.. between backslashes', '..\\secret\\s.mp4 0'],
    ['.. behind a drive', 'C:\\..\\secret\\s.mp4 0'],
    ['a linked folder', 'away/s.mp4 0'],
    ['a linked file', 'away.mp4 0'],
  ])('by %s is refused, unless data.followLinks allows it', async (_, row) => {
    const root = withList(row)
    await expect(readIn(root, { train: 'set/list.csv' })).rejects.toThrow(
      /list\.csv, row 1: .* leads (?:over a link to .*secret.*, )?out of .*set\. If it should.*data\.followLinks/,
    )
    const { train } = await readIn(root, { train: 'set/list.csv', followLinks: true })
    expect(train).toHaveLength(1)
  })

  test('by a link is let through where the list names it in full', async () => {
    const root = withList('')
    const named = sets.make([], { 'list.csv': `${root}/set/away.mp4 0` })
    expect((await readIn(named, { train: 'list.csv' })).train).toHaveLength(1)
  })

  test('by a name is refused among Kinetics’ segments, and what is not there says which link was not followed', async () => {
    const root = withList('label,youtube_id,time_start,time_end\nrun,s,1,2')
    await expect(readIn(root, { train: 'set/list.csv' })).rejects.toThrow(
      /row 2: s is not there, and .*away is a link out of/,
    )
    symlinkSync(join(root, 'secret/s.mp4'), join(root, 'set/s.mp4'))
    await expect(readIn(root, { train: 'set/list.csv' })).rejects.toThrow(
      /row 2: s leads over a link to .*secret/,
    )
    const { train } = await readIn(root, { train: 'set/list.csv', followLinks: true })
    expect(train).toHaveLength(1)
  })
})

test.each(['near/a.mp4 0', 'near.mp4 0'])('a link that stays in the root is followed: %s', async (row) => {
  const root = withList(row)
  const { train } = await readIn(root, { train: 'set/list.csv' })
  expect(brief(root, train)).toEqual([`set/${row}`])
})

test('a link that leads nowhere, or in a circle, is a file that is not there', async () => {
  const root = sets.make(['a.mp4'], { 'list.csv': 'dead.mp4 0\nround.mp4 0' })
  symlinkSync(join(root, 'gone.mp4'), join(root, 'dead.mp4'))
  symlinkSync(join(root, 'round.mp4'), join(root, 'round.mp4'))
  await expect(readIn(root, { train: 'list.csv' })).rejects.toThrow(
    /2 of 2 rows name files that are not there/,
  )
})

test('a pipe is no video', async () => {
  const root = sets.make([], { 'list.csv': 'pipe.mp4 0' })
  execFileSync('mkfifo', [join(root, 'pipe.mp4')])
  await expect(readIn(root, { train: 'list.csv' })).rejects.toThrow(
    /1 of 1 row name files that are not there/,
  )
})

test('a circle of linked folders is walked once', async () => {
  const root = sets.make(['v/x_000001_000002.mp4'], {
    'list.csv': 'label,youtube_id,time_start,time_end\nrun,x,1,2',
  })
  mkdirSync(join(root, 'v/deep'))
  symlinkSync(root, join(root, 'v/deep/up'))
  const { train } = await readIn(root, { train: 'list.csv', followLinks: true })
  expect(brief(root, train)).toEqual(['v/x_000001_000002.mp4 0'])
})
