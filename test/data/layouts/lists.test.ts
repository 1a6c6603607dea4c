import { mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { HumanError } from '../../../src/HumanError'
import { brief, dataSets, readIn } from './makeSet'

const sets = dataSets()
afterAll(sets.remove)

const videos = ['a b.mp4', 'x.mp4', 'deep/y,z.avi', "it's; so.mkv", '-dash.mp4', 'Straße été.webm', '1 2.mp4']
const frames = ['walk 1/0001.jpg', 'walk 2/0001.jpg', 'run/img_00000.jpg']

/** What a list says, of a folder that has all of the above. */
async function listed(text: string | Buffer, data: Partial<Parameters<typeof readIn>[1]> = {}) {
  const root = sets.make([...videos, ...frames], { 'list.txt': text })
  const { train, classes, layouts, multiLabel, remarks } = await readIn(root, { train: 'list.txt', ...data })
  return { clips: brief(root, train), classes, words: layouts.train, multiLabel, remarks }
}

describe('a list of paths and labels', () => {
  test.each([
    ['blanks, also in names', 'a b.mp4 3\nx.mp4 0\n1 2.mp4 1', ['a b.mp4 3', 'x.mp4 0', '1 2.mp4 1']],
    [
      'commas, also in names',
      'x.mp4,3\ndeep/y,z.avi,0\na b.mp4, 1',
      ['x.mp4 3', 'deep/y,z.avi 0', 'a b.mp4 1'],
    ],
    ['semicolons', "x.mp4;3\nit's; so.mkv;1", ['x.mp4 3', "it's; so.mkv 1"]],
    ['tabs', 'x.mp4\t3\na b.mp4\t0', ['x.mp4 3', 'a b.mp4 0']],
    ['quotes', '"a b.mp4" 3\n"deep/y,z.avi" 1', ['a b.mp4 3', 'deep/y,z.avi 1']],
    ['quotes and commas', '"deep/y,z.avi",3\n"x.mp4","1"', ['deep/y,z.avi 3', 'x.mp4 1']],
    ['single quotes', "'a b.mp4' 3\nx.mp4 1", ['a b.mp4 3', 'x.mp4 1']],
    [
      'a leading dash and letters of all kinds',
      '-dash.mp4 1\nStraße été.webm 0',
      ['-dash.mp4 1', 'Straße été.webm 0'],
    ],
    ['another Unicode form than the disk', 'Straße été.webm 0'.normalize('NFD'), ['Straße été.webm 0']],
    [
      'a byte order mark, CRLF, comments and blank lines',
      '\uFEFF# mine\r\n\r\nx.mp4 2\r\n  \r\na b.mp4 0\r\n',
      ['x.mp4 2', 'a b.mp4 0'],
    ],
    ['numbers as tables write them', 'x.mp4,3.0\na b.mp4,1.0', ['x.mp4 3', 'a b.mp4 1']],
    ['paths with ./ and ..', './x.mp4 1\ndeep/../a b.mp4 0', ['x.mp4 1', 'a b.mp4 0']],
    ['names without their ending', 'x 1\ndeep/y,z 0', ['x.mp4 1', 'deep/y,z.avi 0']],
    [
      'folders of pictures, also ones that end in numbers',
      'walk 1 4\nwalk 2 0\nrun 2',
      ['walk 1/ 4', 'walk 2/ 0', 'run/ 2'],
    ],
    ['Windows’ separators', 'deep\\y,z.avi;3\nx.mp4;0', ['deep/y,z.avi 3', 'x.mp4 0']],
    ['Windows’ full paths', 'C:\\deep\\y,z.avi;3\nx.mp4;0', ['deep/y,z.avi 3', 'x.mp4 0']],
  ])('may have %s', async (_, text, clips) => {
    expect(await listed(text)).toMatchObject({
      clips,
      multiLabel: false,
      remarks: expect.anything() as unknown,
    })
  })

  test('says what it was taken for', async () => {
    expect((await listed('x.mp4 0\na b.mp4 0')).words).toBe('a list of 2 rows, path and label')
  })

  test('may be what a spreadsheet saves as Unicode text', async () => {
    const text = Buffer.from('\uFEFFpath\tlabel\r\nStraße été.webm\t1\r\n', 'utf16le')
    expect((await listed(text)).clips).toEqual(['Straße été.webm 1'])
  })

  test('may name videos in full, wherever they are', async () => {
    const elsewhere = sets.make(['v.mp4'])
    const root = sets.make([], { 'list.csv': `${elsewhere}/v.mp4 0` })
    const { train } = await readIn(root, { train: 'list.csv' })
    expect(train[0]!.footage).toEqual({ kind: 'video', file: join(elsewhere, 'v.mp4') })
  })

  test('keeps the number of each label: classes without a name are called by theirs', async () => {
    const { classes, remarks } = await listed('x.mp4 4\na b.mp4 2')
    expect(classes).toEqual(['0', '1', '2', '3', '4'])
    expect(remarks).toEqual(['Classes without training clips, of 5: "0", "1", "3".'])
  })

  test('may have names for labels, of several words', async () => {
    const { classes, clips } = await listed('x.mp4 playing guitar\na b.mp4 air drumming\n1 2.mp4 2 step')
    expect(classes).toEqual(['2 step', 'air drumming', 'playing guitar'])
    expect(clips).toEqual(['x.mp4 2', 'a b.mp4 1', '1 2.mp4 0'])
  })

  test.each([
    ['path,label', 'x.mp4,3\na b.mp4,0', ['x.mp4 3', 'a b.mp4 0']],
    ['label;video', '3;x.mp4\n0;a b.mp4', ['x.mp4 3', 'a b.mp4 0']],
    [
      ',file_name,split,class',
      '0,x.mp4,train,jump\n1,a b.mp4,val,run\n2,-dash.mp4,train,jump',
      ['x.mp4 0', '-dash.mp4 0'],
    ],
    ['Video Path,Start,End,Label', 'x.mp4,1.5,4,1\na b.mp4,,,0', ['x.mp4[1.5-4] 1', 'a b.mp4 0']],
    ['frame_dir total_frames label', 'run 12 1\n"walk 1" 30 0', ['run/ x12 1', 'walk 1/ x30 0']],
    ['movie cls', 'x.mp4 1\ndeep/y,z.avi 0', ['x.mp4 1', 'deep/y,z.avi 0']],
  ])('may have the header %s', async (header, text, clips) => {
    expect((await listed(`${header}\n${text}`)).clips).toEqual(clips)
  })

  test.each([
    ['start and end seconds', 'x.mp4 0 10 1\na b.mp4 2.5 7 0', ['x.mp4[0-10] 1', 'a b.mp4[2.5-7] 0'], false],
    [
      'start and end and a name',
      'x.mp4,3,13,playing guitar\na b.mp4,1,2,air drumming',
      ['x.mp4[3-13] 1', 'a b.mp4[1-2] 0'],
      false,
    ],
    ['a number of frames', 'run 300 1\n"walk 1" 120 0', ['run/ x300 1', 'walk 1/ x120 0'], false],
    ['a number of frames of videos', 'x.mp4 300 1\na b.mp4 120 0', ['x.mp4 1', 'a b.mp4 0'], false],
    [
      'several labels',
      'x.mp4 1 5 7\na b.mp4 0\n1 2.mp4 5 1',
      ['x.mp4 1 5 7', 'a b.mp4 0', '1 2.mp4 1 5'],
      true,
    ],
    ['several labels in quotes', 'x.mp4 "1,5,7"\na b.mp4 "0"', ['x.mp4 1 5 7', 'a b.mp4 0'], true],
    [
      'several labels and a number of frames',
      'run 300 1 5\n"walk 1" 120 0 2 3',
      ['run/ x300 1 5', 'walk 1/ x120 0 2 3'],
      true,
    ],
  ])('may have %s', async (_, text, clips, multiLabel) => {
    expect(await listed(text)).toMatchObject({ clips, multiLabel })
  })

  test('is read by data.layout and data.multiLabel where two readings fit', async () => {
    expect((await listed('x.mp4 1 5 2', { multiLabel: true })).clips).toEqual(['x.mp4 1 2 5'])
    expect((await listed('x.mp4 1 5 2', { layout: 'mmaction' })).clips).toEqual(['x.mp4 1 2 5'])
    expect((await listed('x.mp4 1 5 2', { layout: 'kinetics' })).clips).toEqual(['x.mp4[1-5] 2'])
    expect((await listed('x.mp4 1 5', { layout: 'mmaction' })).clips).toEqual(['x.mp4 1 5'])
    expect(await listed('x.mp4 1', { multiLabel: true })).toMatchObject({
      clips: ['x.mp4 1'],
      multiLabel: true,
    })
    const names = await listed('path,label\nx.mp4,"run|jump"\na b.mp4,jump', { multiLabel: true })
    expect(names).toMatchObject({ classes: ['jump', 'run'], clips: ['x.mp4 0 1', 'a b.mp4 0'] })
  })

  test('may be JSON', async () => {
    const items = [
      { video: 'x.mp4', label: 3 },
      { video: 'a b.mp4', label: [0, 1], start: 1, end: 2 },
    ]
    const { clips, words } = await listed(JSON.stringify(items))
    expect(clips).toEqual(['x.mp4 3', 'a b.mp4[1-2] 0 1'])
    expect(words).toBe('a list of 2 items in JSON')
  })
})

describe('a row that cannot be read is named', () => {
  test.each([
    ['no label', 'x.mp4 1\na b.mp4', /list\.txt, row 2: no label follows a b\.mp4/],
    ['an empty label', 'x.mp4,1\na b.mp4,', /row 2: a b\.mp4 has no label/],
    ['a name among numbers', 'x.mp4 1\n\na b.mp4 jump', /row 3: the label "jump" is no number.*data\.labels/],
    ['a label below 0', 'x.mp4 1\na b.mp4 -1', /row 2: the label -1 is below 0/],
    ['a label of absurd size', 'x.mp4 1\na b.mp4 4000000000', /row 2: the label 4000000000 would make/],
    ['an open quote', 'x.mp4 1\n"a b.mp4 3', /row 2: a quote is not closed/],
    ['cells that rows do not share', 'x.mp4,1\na b.mp4,u,v', /row 2: 2 cells behind a b\.mp4 \(u \| v\)/],
    ['too few cells', 'path,label\nx.mp4', /row 2: it has 1 cell, and column 2 is needed/],
    [
      'an end before its start',
      'path,start,end,label\nx.mp4,5,3,1',
      /row 2: "5" to "3" are no start and end/,
    ],
    ['a part of pictures', 'path,start,end,label\nrun,3,5,1', /row 2: .*run is a folder of pictures/],
    ['a NUL byte', 'x.mp4 1\na\0b.mp4 1', /row 2: its path has a NUL byte/],
    ['nothing', '# only this\n', /lists nothing\. It should have a row for each clip/],
    ['half of some JSON', '[{"path": "x.mp4"', /list\.txt is no JSON/],
    ['JSON without labels', '[{"path": "x.mp4"}]', /row 1: it has path; "path" and "label" are needed/],
    ['JSON of something else', '{"path": "x.mp4"}', /should be a list of clips in brackets/],
  ])('%s', async (_, text, message) => {
    const failure = listed(text)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toBeInstanceOf(HumanError)
  })

  test('several labels where data.multiLabel is false', async () => {
    await expect(listed('x.mp4 1\na b.mp4 "1,2"', { multiLabel: false })).rejects.toThrow(
      /row 2: it has 2 labels \(1, 2\), and data\.multiLabel is false/,
    )
  })
})

describe('a list and the disk', () => {
  test('rows without a file are left out and counted, with the first of them', async () => {
    const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.mp4 0`).join('\n')
    const root = sets.make(['a.mp4', 'b.mp4', 'd.mp4', 'e.mp4', 'f.mp4'], { 'list.csv': rows })
    const { train, remarks } = await readIn(root, { train: 'list.csv' })
    expect(train).toHaveLength(5)
    expect(remarks).toEqual([
      '1 row of 6 (train) names a file that is not there: row 3 of list.csv, c.mp4. It is left out.',
    ])
  })

  test('more than a fifth of them is an error that says where it looked', async () => {
    const root = sets.make(['a.mp4'], { 'list.csv': 'a.mp4 0\nsub/b.mp4 0' })
    await expect(readIn(root, { train: 'list.csv' })).rejects.toThrow(
      `data.train: 1 of 2 rows name files that are not there. The first, row 2 of list.csv, sub/b.mp4, was looked for at ${root}/sub/b.mp4. Say with data.root`,
    )
  })

  test('the folder that the paths start from is found for the message, and taken from data.root', async () => {
    const root = sets.make(['videos/sub/b.mp4'], { 'lists/list.csv': 'sub/b.mp4 0' })
    await expect(readIn(root, { train: 'lists/list.csv' })).rejects.toThrow(
      `There is one in ${root}/videos: set data.root to that folder.`,
    )
    const { train } = await readIn(root, { train: 'lists/list.csv', root: 'videos' })
    expect(brief(root, train)).toEqual(['videos/sub/b.mp4 0'])
    await expect(readIn(root, { train: 'lists/list.csv', root: 'none' })).rejects.toThrow(
      /data\.root: .*ENOENT/,
    )
  })

  test('clips that are listed twice, or in both sets, are remarked', async () => {
    const root = sets.make(['a.mp4', 'b.mp4', 'c.mp4'], {
      'train.csv': 'a.mp4 0\nb.mp4 1\n./a.mp4 0\na.mp4 1',
      'val.csv': 'c.mp4 0\nb.mp4 1',
    })
    const { remarks, train } = await readIn(root, { train: 'train.csv', val: 'val.csv' })
    expect(train).toHaveLength(4)
    expect(remarks).toEqual([
      `2 rows (train) name a clip again, the first of them row 3: ${root}/a.mp4; 1 with other labels than before.`,
      `1 validation clip of 2 is in the training set too, such as ${root}/b.mp4.`,
    ])
  })

  test('a video may be given as a list by mistake', async () => {
    await expect(readIn(sets.make(['a.mp4']), { train: 'a.mp4' })).rejects.toThrow(
      /is a video\. Name a folder/,
    )
  })

  test('a root that is a link is a root', async () => {
    const root = sets.make(['real/a.mp4'], { 'real/list.csv': 'a.mp4 0' })
    mkdirSync(join(root, 'deep'))
    renameSync(join(root, 'real'), join(root, 'deep/real'))
    symlinkSync(join(root, 'deep/real'), join(root, 'linked'))
    const { train } = await readIn(root, { train: 'linked/list.csv' })
    expect(brief(root, train)).toEqual(['linked/a.mp4 0'])
  })
})
