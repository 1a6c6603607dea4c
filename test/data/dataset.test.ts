import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { readDataset } from '../../src/data/dataset'
import { temporaryFolder, videoOf } from './ffmpegTools'

const folder = temporaryFolder()
afterAll(folder.remove)

let count = 0
function make(...files: string[]): string {
  const root = join(folder.path, `set-${count++}`)
  mkdirSync(root)
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), '')
  }
  return root
}

describe('a folder per class', () => {
  test('gives sorted classes and clips, whatever else lies there', async () => {
    const train = make(
      'walk/b.mp4',
      'walk/a.MKV',
      'jump/-x y.webm',
      'Zoo/1.avi',
      'walk/notes.txt',
      'walk/.hidden.mp4',
    )
    const { classes, train: clips, val, remarks } = await readDataset({ train })
    expect(classes).toEqual(['Zoo', 'jump', 'walk'])
    expect(clips.map((clip) => [basename(videoOf(clip)), ...clip.labels])).toEqual([
      ['1.avi', 0],
      ['-x y.webm', 1],
      ['a.MKV', 2],
      ['b.mp4', 2],
    ])
    expect([val, remarks]).toEqual([[], []])
  })

  test('follows links to folders and files inside it and leaves dead ones out', async () => {
    const train = make('run/b.mp4', 'run/c.mp4', '.real/a.mp4')
    symlinkSync(join(train, '.real'), join(train, 'linked'))
    symlinkSync(join(train, 'run', 'b.mp4'), join(train, 'run', 'd.mp4'))
    symlinkSync(join(train, 'gone.mp4'), join(train, 'run', 'gone.mp4'))
    const { classes, train: clips } = await readDataset({ train })
    expect(classes).toEqual(['linked', 'run'])
    expect(clips.map((clip) => basename(videoOf(clip)))).toEqual(['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'])
  })

  test.each([
    ['folder', 'real', 'linked'],
    ['file', 'real/a.mp4', 'run/a.mp4'],
  ])('refuses a link to a %s elsewhere, unless data.followLinks allows it', async (_, from, to) => {
    const elsewhere = make('real/a.mp4')
    const train = make('run/b.mp4')
    symlinkSync(join(elsewhere, from), join(train, to))
    await expect(readDataset({ train })).rejects.toThrow(/is a link to .*real.*, out of .*data\.followLinks/)
    const { train: clips } = await readDataset({ train, followLinks: true })
    expect(clips.map((clip) => basename(videoOf(clip))).sort()).toEqual(['a.mp4', 'b.mp4'])
  })

  test('leaves an empty folder out of the classes', async () => {
    const train = make('a/1.mp4', 'b/readme.txt')
    expect((await readDataset({ train })).classes).toEqual(['a'])
  })
})

describe('a validation set', () => {
  test('is labelled by the training classes, in whatever order its own are, and says what differs', async () => {
    const train = make('b/1.mp4', 'c/1.mp4', 'd/1.mp4')
    const { val, remarks } = await readDataset({
      train,
      val: make('d/1.mp4', 'a/1.mp4', 'a/2.mp4', 'c/1.mp4'),
    })
    expect(val.flatMap(({ labels }) => labels)).toEqual([1, 2])
    expect(remarks).toEqual([
      'Validation classes that the training set lacks: "a". Their 2 clips are left out.',
      'Training classes without validation clips: "b". They are trained, not judged.',
    ])
  })

  test('that shares no class is an error that names both sides', async () => {
    await expect(readDataset({ train: make('a/1.mp4'), val: make('b/1.mp4') })).rejects.toThrow(
      /No class of the validation set .* it has "b", the training set has "a"/,
    )
  })
})

describe('a data set that is not there says so', () => {
  test.each([
    [
      'a missing folder',
      () => join(folder.path, 'nowhere'),
      /data\.train: .*nowhere cannot be opened \(ENOENT\)/,
    ],
    ['an empty file', () => join(make('list.csv'), 'list.csv'), /list\.csv lists nothing/],
    ['an empty folder', () => make(), /no videos in/],
    [
      'videos without class folders',
      () => make('a.mp4', 'b.mp4'),
      /the 2 videos of .* lie beside each other/,
    ],
  ])('%s', async (_, train, message) => {
    const failure = readDataset({ train: train() })
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toBeInstanceOf(HumanError)
  })
})
