import type { WriteStream } from 'node:tty'

const quietMs = 10_000

/** A last line that is redrawn in place, with printed lines above it; where there is no terminal, a line every ten seconds. */
export class LiveLine {
  private drawn = false
  private lastQuiet = 0

  constructor(private readonly out: WriteStream) {}

  get width(): number {
    return this.out.isTTY ? this.out.columns : 120
  }

  draw(text: string): void {
    if (this.out.isTTY) {
      this.out.write(
        `\r\x1b[2K${Array.from(text)
          .slice(0, this.out.columns - 1)
          .join('')}`,
      )
      this.drawn = true
    } else if (Date.now() - this.lastQuiet >= quietMs) {
      this.lastQuiet = Date.now()
      this.out.write(`${text}\n`)
    }
  }

  print(text: string): void {
    if (text === '') return
    this.clear()
    this.out.write(`${text}\n`)
  }

  clear(): void {
    if (!this.drawn) return
    this.out.write('\r\x1b[2K')
    this.drawn = false
  }
}
