import { HumanError } from '../HumanError'
import { isRecord } from '../config/isRecord'

/** The element types that occur beside networks, and how their values are held. */
interface Arrays {
  readonly F32: Float32Array
  readonly I32: Int32Array
  readonly I64: BigInt64Array
}

export type Dtype = keyof Arrays

interface Typed<D extends Dtype> {
  readonly dtype: D
  readonly shape: readonly number[]
  /** In C order. */
  readonly data: Arrays[D]
}

export type NamedTensor = { readonly [D in Dtype]: Typed<D> }[Dtype]

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, NamedTensor>
  readonly metadata: Readonly<Record<string, string>>
}

const maxHeaderBytes = 100e6
const bytesOf: Readonly<Record<Dtype, number>> = { F32: 4, I32: 4, I64: 8 }

/**
 * Throws HumanError, with `name` as the file, for anything that is not a whole safetensors file of floats, I32 and I64.
 * Floats of other precisions become F32.
 */
export function readSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const broken = (why: string): HumanError =>
    new HumanError(`${name} is not a whole .safetensors file: ${why}. Fetch or save it again.`)
  if (bytes.length < 8) throw broken(`it has ${bytes.length} bytes`)
  if (isPickle(bytes)) {
    throw new HumanError(
      `${name} is a file of PyTorch's own format, which can run any program when it is read. Convert it to .safetensors: load it with torch.load(..., weights_only=True) and write its "model_state" with safetensors.torch.save_file.`,
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerBytes = Number(view.getBigUint64(0, true))
  if (headerBytes > maxHeaderBytes) throw broken(`its first bytes are those of another format`)
  const start = 8 + headerBytes
  if (start > bytes.length)
    throw broken(`it ends after ${bytes.length} bytes, inside its header of ${headerBytes}`)
  const header = parseHeader(bytes.subarray(8, start), broken)
  const tensors = new Map<string, NamedTensor>()
  let metadata: Record<string, string> = {}
  for (const [key, entry] of Object.entries(header)) {
    if (key === '__metadata__') {
      metadata = stringsOf(entry)
      continue
    }
    if (!isEntry(entry)) throw broken(`its header does not say where "${key}" is`)
    const { dtype, shape, data_offsets: offsets } = entry
    const reader = Object.hasOwn(readers, dtype) ? readers[dtype] : undefined
    if (!reader) {
      throw new HumanError(
        `${name} holds "${key}" as ${dtype}; ${Object.keys(readers).join(', ')} are read. Convert it to F32.`,
      )
    }
    const count = shape.reduce((size, side) => size * side, 1)
    const [from, to] = offsets
    const needed = count * reader.bytes
    if (to - from !== needed) {
      throw broken(`"${key}" has ${to - from} bytes where [${shape.join(', ')}] of ${dtype} needs ${needed}`)
    }
    if (from < 0 || start + to > bytes.length) {
      throw broken(`it ends after ${bytes.length} bytes, before "${key}" does (${start + to})`)
    }
    // A copy, since the file's own offsets need not be aligned.
    tensors.set(key, reader.read(shape, Uint8Array.from(bytes.subarray(start + from, start + to)).buffer))
  }
  return { tensors, metadata }
}

/** Tensors in the map's order, I64 first, so that every one is aligned to its own size. */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const entries = [...tensors].sort(([, a], [, b]) => bytesOf[b.dtype] - bytesOf[a.dtype])
  const header: Record<string, unknown> = {}
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata
  let end = 0
  for (const [key, { dtype, shape, data }] of entries) {
    header[key] = { dtype, shape, data_offsets: [end, end + data.byteLength] }
    end += data.byteLength
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const headerBytes = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + headerBytes + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true)
  bytes.set(json, 8)
  bytes.fill(0x20, 8 + json.length, 8 + headerBytes)
  let at = 8 + headerBytes
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

interface Reader {
  readonly bytes: number
  readonly read: (shape: readonly number[], buffer: ArrayBuffer) => NamedTensor
}

const readers: Readonly<Record<string, Reader>> = {
  F32: floats(4, (buffer) => new Float32Array(buffer)),
  F64: floats(8, (buffer) => Float32Array.from(new Float64Array(buffer))),
  F16: floats(2, (buffer) => Float32Array.from(new Uint16Array(buffer), halfValue)),
  // The upper half of single precision.
  BF16: floats(2, (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), upperHalf).buffer)),
  I32: { bytes: 4, read: (shape, buffer) => ({ dtype: 'I32', shape, data: new Int32Array(buffer) }) },
  I64: { bytes: 8, read: (shape, buffer) => ({ dtype: 'I64', shape, data: new BigInt64Array(buffer) }) },
}

function floats(bytes: number, values: (buffer: ArrayBuffer) => Float32Array): Reader {
  return { bytes, read: (shape, buffer) => ({ dtype: 'F32', shape, data: values(buffer) }) }
}

/** Of a half-precision number's bits (IEEE 754 binary16). */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 0x1f, (bits & 0x3ff) / 1024]
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15)
}

function upperHalf(bits: number): number {
  return bits * 2 ** 16
}

/** A zip archive, as PyTorch writes today, or a bare pickle, as it once did. */
function isPickle(bytes: Uint8Array): boolean {
  const startsWith = (...start: number[]): boolean => start.every((byte, i) => bytes[i] === byte)
  return startsWith(0x50, 0x4b, 3, 4) || startsWith(0x80, 2, 0x8a, 10)
}

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

function parseHeader(bytes: Uint8Array, broken: (why: string) => HumanError): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw broken('its header is not JSON')
  }
  if (!isRecord(header)) throw broken('its header is not a table of tensors')
  return header
}

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value)) return false
  const { dtype, shape, data_offsets: offsets } = value
  return typeof dtype === 'string' && isSizes(shape) && isSizes(offsets) && offsets.length === 2
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

function stringsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]))
}
