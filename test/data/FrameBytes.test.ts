import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameBytes } from '../../src/data/FrameBytes'

test('bytes are gathered in order, whatever was expected and however they come', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 })
  const guess = fc.option(fc.nat(200), { nil: undefined })
  fc.assert(
    fc.property(chunks, guess, fc.nat(12), (parts, expected, knownAfter) => {
      let seen = 0
      const bytes = new FrameBytes(() => (seen >= knownAfter ? expected : undefined))
      for (const part of parts) {
        bytes.add(part)
        seen++
      }
      const all = Buffer.concat(parts)
      expect(bytes.length).toBe(all.length)
      expect(Buffer.from(bytes.take(all.length))).toEqual(all)
      expect(bytes.take(Math.floor(all.length / 2)).length).toBe(Math.floor(all.length / 2))
    }),
  )
})
