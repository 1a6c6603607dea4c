import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { bundleFile, bundleText, collectTexts } from '../../scripts/l10n.mjs'

it('the texts that translations begin from are those of the code: node scripts/l10n.mjs', () => {
  expect(readFileSync(bundleFile, 'utf8')).toBe(bundleText())
})

it('no text that the extension shows is written where it cannot be translated', () => {
  const { texts, bare } = collectTexts()
  expect(texts.length).toBeGreaterThan(100)
  expect(bare).toEqual([])
})
