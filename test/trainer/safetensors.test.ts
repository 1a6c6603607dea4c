import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { readSafetensors, writeSafetensors } from '../../src/trainer/safetensors'
import type { NamedTensor } from '../../src/trainer/safetensors'

const sample = writeSafetensors({
  tensors: new Map<string, NamedTensor>([
    ['a.weight', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, NaN) }],
    ['count', { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) }],
    ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array() }],
  ]),
  metadata: { meta: '{"x": "é"}' },
})

describe('a safetensors file', () => {
  it('holds what was written', () => {
    const { tensors, metadata } = readSafetensors(sample, 'x')
    expect(tensors.get('a.weight')).toEqual({
      dtype: 'F32',
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, NaN),
    })
    expect(tensors.get('count')).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(7n) })
    expect(tensors.get('empty')!.data).toHaveLength(0)
    expect(metadata).toEqual({ meta: '{"x": "é"}' })
  })

  it('is read from bytes at an odd offset', () => {
    const shifted = new Uint8Array(sample.length + 3)
    shifted.set(sample, 3)
    expect(readSafetensors(shifted.subarray(3), 'x').tensors.size).toBe(3)
  })

  it('that was cut anywhere is refused by name, never half read', () => {
    for (let length = 0; length < sample.length; length++) {
      const read = (): unknown => readSafetensors(sample.subarray(0, length), 'model.safetensors')
      expect(read, `${length} bytes`).toThrow(HumanError)
      expect(read).toThrow('model.safetensors')
    }
  })

  it('of any bytes is read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.nat(sample.length - 1),
        fc.nat(255),
        (junk, at, value) => {
          const changed = Uint8Array.from(sample)
          changed[at] = value
          for (const bytes of [junk, changed]) {
            try {
              readSafetensors(bytes, 'x')
            } catch (error) {
              expect(error).toBeInstanceOf(HumanError)
            }
          }
        },
      ),
    )
  })

  it('of half precision is refused with what to do', () => {
    const header = JSON.stringify({ w: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } })
    const bytes = new Uint8Array(8 + header.length + 2)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
    bytes.set(new TextEncoder().encode(header), 8)
    expect(() => readSafetensors(bytes, 'half.safetensors')).toThrow(/"w" as F16.*Convert it to F32/)
  })
})
