/** Keeps values up to a number of bytes; the one that was asked for longest ago goes first. */
export class ByteCache<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly bytes: number }>()
  private held = 0

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.held
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key)
    if (!entry) return undefined
    this.entries.delete(key)
    this.entries.set(key, entry)
    return entry.value
  }

  set(key: string, value: Value, bytes: number): void {
    this.delete(key)
    if (bytes > this.maxBytes) return
    this.entries.set(key, { value, bytes })
    this.held += bytes
    for (const oldest of this.entries.keys()) {
      if (this.held <= this.maxBytes) return
      this.delete(oldest)
    }
  }

  private delete(key: string): void {
    this.held -= this.entries.get(key)?.bytes ?? 0
    this.entries.delete(key)
  }
}
