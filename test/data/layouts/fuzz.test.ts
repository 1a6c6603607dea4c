import fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { HumanError } from '../../../src/HumanError'
import { dataSets, readIn } from './makeSet'

const sets = dataSets()
afterAll(sets.remove)

const words = fc.constantFrom(
  ...[
    'a.mp4',
    'b c.avi',
    'run/',
    'v',
    '1',
    '0',
    '-1',
    '3.5',
    '007',
    'jump',
    '',
    '"',
    "'",
    '""',
    '\\',
    '..',
    '/',
  ],
  ...[
    'C:\\a.mp4',
    'path',
    'label',
    'youtube_id',
    'time_start',
    'time_end',
    'original_vido_id',
    'labels',
    'split',
  ],
  ...['[', ']', '{"id": "1", "label": "x"}', '#', '\uFEFF', '\0', '__proto__', 'constructor'],
)
const layouts = ['auto', 'list', 'kinetics', 'ucf101', 'something', 'jester', 'mmaction', 'charades'] as const

test('a list of any text at all gives a data set or a HumanError', async () => {
  const root = sets.make(['a.mp4', 'b c.avi', 'run/a.mp4', '1.mp4'])
  const line = fc
    .tuple(fc.array(words, { maxLength: 6 }), fc.constantFrom(' ', ',', ';', '\t', '/', ''))
    .map(([cells, separator]) => cells.join(separator))
  const row = fc.record({
    path: fc.constantFrom('a.mp4', 'b c.avi', 'run', '1.mp4'),
    labels: fc.array(words, { maxLength: 2 }),
  })
  const text = fc.oneof(
    fc
      .tuple(fc.constantFrom(' ', ',', ';', '\t'), fc.array(row, { minLength: 1, maxLength: 4 }))
      .map(([separator, rows]) =>
        rows.map(({ path, labels }) => [path, '1', ...labels].join(separator)).join('\n'),
      ),
    fc
      .array(row, { minLength: 1 })
      .map((rows) => JSON.stringify(rows.map((one) => ({ id: one.path, ...one })))),
    fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')),
    fc.json(),
    fc.string({ unit: 'binary' }),
  )
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      fc.constantFrom(...layouts),
      fc.option(fc.boolean()),
      async (list, names, layout, many) => {
        writeFileSync(join(root, 'list.csv'), list)
        writeFileSync(join(root, 'labels.json'), names)
        const multiLabel = many ?? undefined
        try {
          const set = await readIn(root, { train: 'list.csv', val: 'list.csv', layout, multiLabel })
          for (const { labels } of set.train)
            for (const label of labels) expect(set.classes[label]).toEqual(expect.any(String))
        } catch (error) {
          expect(error).toBeInstanceOf(HumanError)
        }
      },
    ),
    { numRuns: 1000, seed: 1 },
  )
})
