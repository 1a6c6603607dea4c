import { afterAll, describe, expect, test } from 'vitest'
import { brief, dataSets, readIn } from './makeSet'

const sets = dataSets()
afterAll(sets.remove)

describe('Kinetics', () => {
  const annotation = [
    'label,youtube_id,time_start,time_end,split',
    'riding a bike,---QUuC4vJs,84,94,train',
    '"juggling, with fire",-abc,3,13,train',
    'riding a bike,whole,7,17,train',
    'juggling balls,twice,0,10,train',
    'juggling balls,gone,1,11,train',
    'riding a bike,valid,1,11,validate',
  ]
  const root = sets.make(
    [
      'videos/riding_a_bike/---QUuC4vJs_000084_000094.mp4',
      'videos/-abc_000003_000013.mkv',
      'videos/riding a bike/whole.mp4',
      'videos/riding a bike/twice_000000_000010.mp4',
      'videos/juggling balls/twice_000000_000010.mp4',
      'videos/part_2/valid_000001_000011.mp4',
    ],
    { 'annotations.csv': annotation.join('\n') },
  )

  test('annotations name segments, cut or in their video, anywhere below the root', async () => {
    const { train, val, classes, layouts, remarks } = await readIn(root, {
      train: 'annotations.csv',
      val: 'annotations.csv',
      root: 'videos',
    })
    expect(classes).toEqual(['juggling balls', 'juggling, with fire', 'riding a bike'])
    expect(brief(root, train)).toEqual([
      'videos/riding_a_bike/---QUuC4vJs_000084_000094.mp4 2',
      'videos/-abc_000003_000013.mkv 1',
      'videos/riding a bike/whole.mp4[7-17] 2',
      'videos/juggling balls/twice_000000_000010.mp4 0',
    ])
    expect(brief(root, val)).toEqual(['videos/part_2/valid_000001_000011.mp4 2'])
    expect(layouts.train).toBe('a Kinetics annotation of 5 rows')
    expect(remarks[0]).toBe(
      '1 row of 5 (train) names a file that is not there: row 6 of annotations.csv, gone. It is left out.',
    )
  })

  test('annotations of which nothing is there say where they looked', async () => {
    const empty = sets.make(['other.mp4'], { 'a.csv': annotation.slice(0, 2).join('\n') })
    await expect(readIn(empty, { train: 'a.csv' })).rejects.toThrow(
      `was looked for below ${empty}. Say with data.root`,
    )
  })
})

describe('UCF101', () => {
  const videos = ['Apply/v_Apply_g08_c01.avi', 'Bow/v_Bow_g01_c01.avi', 'Apply/v_Apply_g01_c02.avi']
  const files = {
    'lists/classInd.txt': '1 Apply\r\n2 Bow\r\n3 Crawl\r\n',
    'lists/trainlist01.txt': `${videos[0]} 1\r\n${videos[1]} 2\r\n`,
    'lists/testlist01.txt': `${videos[2]}\r\n`,
  }

  test('counts classes from 1 in its lists and from 0 here; test lists name them by their folder', async () => {
    const root = sets.make(
      videos.map((video) => `UCF-101/${video}`),
      files,
    )
    const set = await readIn(root, {
      train: 'lists/trainlist01.txt',
      val: 'lists/testlist01.txt',
      root: 'UCF-101',
    })
    expect(set.classes).toEqual(['Apply', 'Bow', 'Crawl'])
    expect(brief(root, set.train)).toEqual([
      'UCF-101/Apply/v_Apply_g08_c01.avi 0',
      'UCF-101/Bow/v_Bow_g01_c01.avi 1',
    ])
    expect(brief(root, set.val)).toEqual(['UCF-101/Apply/v_Apply_g01_c02.avi 0'])
    expect(set.layouts).toEqual({ train: 'a UCF101 split of 2 rows', val: 'a UCF101 split of 1 row' })
  })

  test('needs no classInd.txt', async () => {
    const root = sets.make(videos, { 'trainlist01.txt': files['lists/trainlist01.txt'] })
    const set = await readIn(root, { train: 'trainlist01.txt' })
    expect(set.classes).toEqual(['Apply', 'Bow'])
  })

  test('a row without a folder is named', async () => {
    const root = sets.make(['v.avi'], { 'trainlist01.txt': 'v.avi 1' })
    await expect(readIn(root, { train: 'trainlist01.txt' })).rejects.toThrow(/row 1: v\.avi names no class/)
  })
})

describe('HMDB51', () => {
  const root = sets.make(
    [
      'hmdb/run/a.avi',
      'hmdb/run/b (1).avi',
      'hmdb/run/c.avi',
      'hmdb/brush_hair/d.avi',
      'hmdb/brush_hair/e.avi',
    ],
    {
      'splits/run_test_split1.txt': 'a.avi 1 \nb (1).avi 2 \nc.avi 0 \n',
      'splits/run_test_split2.txt': 'a.avi 2 \nb (1).avi 0 \nc.avi 1 \n',
      'splits/brush_hair_test_split1.txt': 'd.avi 2 \ne.avi 1 \n',
      'splits/brush_hair_test_split2.txt': 'd.avi 1 \ne.avi 2 \n',
    },
  )

  test('has a file for each class and split: 1 trains, 2 validates, 0 does neither', async () => {
    const set = await readIn(root, { train: 'splits', val: 'splits', root: 'hmdb' })
    expect(set.classes).toEqual(['brush_hair', 'run'])
    expect(brief(root, set.train)).toEqual(['hmdb/brush_hair/e.avi 0', 'hmdb/run/a.avi 1'])
    expect(brief(root, set.val)).toEqual(['hmdb/brush_hair/d.avi 0', 'hmdb/run/b (1).avi 1'])
    expect(set.layouts.train).toBe("HMDB51's split 1: 2 rows of 2 files")
  })

  test.each(['splits/split2', 'splits/run_test_split2.txt'])('%s is the second split', async (split) => {
    const { train } = await readIn(root, { train: split, root: 'hmdb' })
    expect(brief(root, train)).toEqual(['hmdb/brush_hair/d.avi 0', 'hmdb/run/c.avi 1'])
  })

  test('a split that is not there is named', async () => {
    await expect(readIn(root, { train: 'splits/split3' })).rejects.toThrow(/no files of split 3 in/)
  })
})

describe('Something-Something', () => {
  const items = [
    { id: '78687', label: 'holding potato next to cup', template: 'Holding [something] next to [something]' },
    { id: '42326', label: 'dropping spoon', template: 'Dropping [something]' },
    { id: 100904, label: 'moving pen', template: 'Dropping [something]' },
  ]
  const labels = {
    'Holding something next to something': '0',
    'Dropping something': '1',
    'Moving something': '2',
  }

  test('items are found by their id, as a video or a folder of pictures, and labelled by their template', async () => {
    const root = sets.make(['v/78687.webm', 'v/42326.mp4', 'v/100904/000001.jpg'], {
      'something-something-v2-train.json': JSON.stringify(items),
      'something-something-v2-labels.json': JSON.stringify(labels),
    })
    const set = await readIn(root, { train: 'something-something-v2-train.json', root: 'v' })
    expect(brief(root, set.train)).toEqual(['v/78687.webm 0', 'v/42326.mp4 1', 'v/100904/ 1'])
    expect(set.classes).toEqual(Object.keys(labels))
    expect(set.layouts.train).toBe("Something-Something's 3 items")
  })

  test('items without a template, as those of the test set, are refused', async () => {
    const root = sets.make(['1.webm'], { 'test.json': '[{"id": "1"}]' })
    await expect(readIn(root, { train: 'test.json', layout: 'something' })).rejects.toThrow(
      /row 1: it has neither "template" nor "label"/,
    )
  })
})

describe('Jester', () => {
  test('ids name folders of pictures or videos; labels are names, in the order of the file that has them', async () => {
    const root = sets.make(['v/34870/00001.jpg', 'v/56557.webm', 'v/9/00001.jpg'], {
      'jester-v1-train.csv':
        '34870;Drumming Fingers\n56557;Sliding Two Fingers Right\n9;Putting something, and something\n',
      'jester-v1-labels.csv':
        'Sliding Two Fingers Right\nDrumming Fingers\nPutting something, and something\n',
    })
    const set = await readIn(root, { train: 'jester-v1-train.csv', root: 'v' })
    expect(set.classes[0]).toBe('Sliding Two Fingers Right')
    expect(brief(root, set.train)).toEqual(['v/34870/ 1', 'v/56557.webm 0', 'v/9/ 2'])
    expect(set.layouts.train).toBe('a list of 3 rows, id and label')
  })
})

describe('a list of frames', () => {
  const header = 'original_vido_id video_id frame_id path labels'
  const list = (...rows: string[]): string => [header, ...rows].join('\n')

  test('is a clip for each video, with the labels of all its frames', async () => {
    const root = sets.make(['f/AB/AB-000001.jpg', 'f/CD/CD-000001.jpg'], {
      'train.csv': list(
        'AB 0 0 AB/AB-000001.jpg "5,1"',
        'AB 0 1 AB/AB-000002.jpg "1,2"',
        'CD 1 0 CD/CD-000001.jpg ""',
      ),
    })
    const set = await readIn(root, { train: 'train.csv', root: 'f' })
    expect(brief(root, set.train)).toEqual(['f/AB/ x2 1 2 5', 'f/CD/ x1'])
    expect(set.multiLabel).toBe(true)
    expect(set.classes).toHaveLength(6)
    expect(set.layouts.train).toBe('a list of the frames of 2 videos')
  })

  test.each([
    [
      'frames of a video in two folders',
      list('A 0 0 A/1.jpg "1"', 'A 0 1 B/2.jpg "1"'),
      /row 3: the frames of A lie in two/,
    ],
    [
      'frames of two videos in one',
      list('A 0 0 A/1.jpg "1"', 'B 1 0 A/2.jpg "1"'),
      /row 3: its frames lie in A, as those of row 2/,
    ],
    ['a row that is cut off', list('A 0 0 A/1.jpg'), /row 2: it has 4 cells, the header 5/],
    ['no labels at all', list('A 0 0 A/1.jpg ""'), /has no labels\. For Something-Something/],
  ])('%s are refused', async (_, text, message) => {
    await expect(readIn(sets.make([], { 'train.csv': text }), { train: 'train.csv' })).rejects.toThrow(
      message,
    )
  })
})

describe('names of classes', () => {
  const named = async (file: string, text: string, list = 'a.mp4 1\nb.mp4 2', data = {}) => {
    const root = sets.make(['a.mp4', 'b.mp4'], { 'list.csv': list, [file]: text })
    const { classes, train, remarks } = await readIn(root, { train: 'list.csv', ...data })
    return { classes, labels: train.map(({ labels }) => labels[0]), remarks }
  }

  test.each([
    ['labels.json', '{"walk": "0", "run": "1", "jump": "2"}'],
    ['labels.json', '{"0": "walk", "1": "run", "2": "jump"}'],
    ['k_classnames.json', '{"\\"walk\\"": 0, "\\"run\\"": 1, "\\"jump\\"": 2}'],
    ['labels.json', '["walk", "run", "jump"]'],
    ['label_map_k400.txt', 'walk\nrun\njump\n'],
    ['class_names.txt', '0 walk\n2 jump\n1 run\n'],
    ['categories.txt', 'walk,0\nrun,1\njump,2\n'],
    ['kinetics_labels.csv', 'id,name\n0,walk\n1,run\n2,jump\n'],
    ['Charades_v1_classes.txt', 'c000 walk\nc001 run\nc002 jump\n'],
  ])('are found beside a list: %s %s', async (file, text) => {
    expect(await named(file, text)).toMatchObject({ classes: ['walk', 'run', 'jump'], labels: [1, 2] })
  })

  test('count from 1 in classInd.txt, unless the list has a 0', async () => {
    const text = '1 walk\n2 run\n3 jump\n'
    expect((await named('classInd.txt', text)).labels).toEqual([0, 1])
    expect((await named('classInd.txt', text, 'a.mp4 0\nb.mp4 2')).labels).toEqual([0, 2])
  })

  test('may be ids and names in one list, once they are known', async () => {
    expect((await named('labels.json', '["walk", "run"]', 'a.mp4 1\nb.mp4 walk')).labels).toEqual([1, 0])
  })

  test('that were found and do not fit are passed over, with a remark', async () => {
    const { classes, remarks } = await named('labels.json', '["walk", "run"]')
    expect(classes).toEqual(['0', '1', '2'])
    expect(remarks[0]).toMatch(
      /not called as in .*labels\.json: .*row 2: the class "2" is not in .* which has 2 \(ids 0 to 1\)/,
    )
  })

  test('that were named and do not fit are an error', async () => {
    await expect(named('mine.txt', 'walk\nrun', undefined, { labels: 'mine.txt' })).rejects.toThrow(
      /list\.csv, row 2: the class "2" is not in .*mine\.txt/,
    )
    await expect(named('mine.txt', '', undefined, { labels: 'mine.txt' })).rejects.toThrow(/names no classes/)
    await expect(named('x', '', undefined, { labels: 'mine.txt' })).rejects.toThrow(/data\.labels: .*ENOENT/)
  })

  test('are not taken from another list of clips', async () => {
    expect((await named('test-labels.csv', 'c.mp4,5\nd.mp4,6')).classes).toEqual(['0', '1', '2'])
  })

  test('order a folder per class where data.labels names them', async () => {
    const root = sets.make(['set/playing_guitar/a.mp4', 'set/Abseiling/b.mp4'], {
      'names.txt': 'playing guitar\nabseiling\nyoga',
    })
    const { classes, train } = await readIn(root, { train: 'set', labels: 'names.txt' })
    expect(classes).toEqual(['playing guitar', 'abseiling', 'yoga'])
    expect(brief(root, train)).toEqual(['set/Abseiling/b.mp4 1', 'set/playing_guitar/a.mp4 0'])
  })
})

describe('training and validation in different layouts', () => {
  test('meet in the names of their classes', async () => {
    const root = sets.make(['train/run/a.mp4', 'train/jump/b.mp4', 'c.mp4', 'd.mp4'], {
      'val.csv': 'c.mp4,run\nd.mp4,fly',
    })
    const { val, remarks, layouts } = await readIn(root, { train: 'train', val: 'val.csv' })
    expect(brief(root, val)).toEqual(['c.mp4 1'])
    expect(layouts).toEqual({ train: 'a folder per class', val: 'a list of 2 rows, path and label' })
    expect(remarks).toEqual([
      'Validation classes that the training set lacks: "fly". Their 1 clip is left out.',
      'Training classes without validation clips: "jump". They are trained, not judged.',
    ])
  })

  test('that share no class are an error', async () => {
    const root = sets.make(['a.mp4', 'b.mp4'], { 'train.csv': 'a.mp4 0', 'val.csv': 'b.mp4 run' })
    await expect(readIn(root, { train: 'train.csv', val: 'val.csv' })).rejects.toThrow(
      /No class of the validation set/,
    )
  })

  test('a folder where data.layout says list, or a list where it says folders, is an error', async () => {
    const root = sets.make(['set/run/a.mp4'], { 'list.csv': 'set/run/a.mp4 0' })
    await expect(readIn(root, { train: 'set', layout: 'list' })).rejects.toThrow(
      /is a folder, and data\.layout says "list"/,
    )
    await expect(readIn(root, { train: 'list.csv', layout: 'folders' })).rejects.toThrow(
      /list\.csv is not a folder/,
    )
  })
})
