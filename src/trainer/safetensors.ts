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

/** Throws HumanError, with `name` as the file, for anything that is not a whole safetensors file of F32, I32 and I64. */
export function readSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const broken = (why: string): HumanError =>
    new HumanError(`${name} is not a whole .safetensors file: ${why}. Fetch or save it again.`)
  if (bytes.length < 8) throw broken(`it has ${bytes.length} bytes`)
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
    if (!isDtype(dtype)) {
      throw new HumanError(
        `${name} holds "${key}" as ${dtype}; F32, I32 and I64 are read. Convert it to F32.`,
      )
    }
    const count = shape.reduce((size, side) => size * side, 1)
    const [from, to] = offsets
    if (to - from !== count * bytesOf[dtype]) {
      throw broken(
        `"${key}" has ${to - from} bytes where [${shape.join(', ')}] of ${dtype} needs ${count * bytesOf[dtype]}`,
      )
    }
    if (from < 0 || start + to > bytes.length) {
      throw broken(`it ends after ${bytes.length} bytes, before "${key}" does (${start + to})`)
    }
    // A copy, since the file's own offsets need not be aligned.
    tensors.set(key, typed(dtype, shape, Uint8Array.from(bytes.subarray(start + from, start + to)).buffer))
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

function typed(dtype: Dtype, shape: readonly number[], buffer: ArrayBuffer): NamedTensor {
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer) }
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer) }
    case 'I64':
      return { dtype, shape, data: new BigInt64Array(buffer) }
  }
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

function isDtype(value: string): value is Dtype {
  return value in bytesOf
}

function stringsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]))
}
