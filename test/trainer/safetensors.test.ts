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

  it.each([
    ['F64', Float64Array.of(1.5, -2, Infinity), 3],
    ['F16', Uint16Array.of(0x3e00, 0xc000, 0x7c00, 0x0001, 0x8000, 0x7e00), 6],
    ['BF16', Uint16Array.of(0x3fc0, 0xc000, 0x7f80), 3],
  ] as const)('of %s becomes single precision', (dtype, data, count) => {
    const header = JSON.stringify({ x: { dtype, shape: [count], data_offsets: [0, data.byteLength] } })
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    const bytes = Buffer.concat([length, Buffer.from(header), new Uint8Array(data.buffer)])
    const { dtype: read, data: values } = readSafetensors(bytes, 'x').tensors.get('x')!
    expect(read).toBe('F32')
    expect(values).toEqual(Float32Array.of(...[1.5, -2, Infinity, 2 ** -24, -0, NaN].slice(0, count)))
  })

  it.each([
    ['today', [0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0]],
    ['once', [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]],
  ])('is not what PyTorch writes %s, and the sentence says how to convert that', (_, start) => {
    const read = (): unknown => readSafetensors(Uint8Array.from(start), 'R50.pyth')
    expect(read).toThrow(HumanError)
    expect(read).toThrow(/R50\.pyth is a file of PyTorch's own format.*safetensors\.torch\.save_file/)
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

  it('of 8-bit floats is refused with what to do', () => {
    const header = JSON.stringify({ w: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } })
    const bytes = new Uint8Array(8 + header.length + 1)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
    bytes.set(new TextEncoder().encode(header), 8)
    expect(() => readSafetensors(bytes, 'half.safetensors')).toThrow(/"w" as F8_E4M3.*Convert it to F32/)
  })
})
