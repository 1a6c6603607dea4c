import { expect, test } from 'vitest'
import { HumanError } from '../../../src/HumanError'
import { readClassNames } from '../../../src/data/layouts/classNames'

test('a list of clips that is taken for the names of classes is refused in words, however long it is', () => {
  const text = Array.from({ length: 250_000 }, (_, clip) => `video/${clip}.mp4 ${clip}`).join('\n')
  expect(() => readClassNames({ file: 'train.csv', text })).toThrow(HumanError)
})
