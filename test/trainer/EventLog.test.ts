import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EventPayload } from '../../src/protocol/events'
import { EventLog } from '../../src/trainer/EventLog'

let file: string

beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'events-')), 'events.jsonl')
})

const note = (message: string): EventPayload => ({ type: 'problem', kind: 'note', message })
const seqs = (lines: readonly string[]): number[] =>
  lines.map((line) => (JSON.parse(line) as { seq: number }).seq)
const upTo = (n: number, from = 1): number[] => Array.from({ length: n - from + 1 }, (_, i) => from + i)

/** All lines from `from` on, asked for as a subscriber does. */
function readAll(log: EventLog, from: number): string[] {
  const lines: string[] = []
  for (let chunk = log.read(from); chunk.length > 0; chunk = log.read(from + lines.length))
    lines.push(...chunk)
  return lines
}

describe('the event log', () => {
  it('numbers events from 1 without a gap, and goes on after a restart', () => {
    const first = new EventLog(file)
    for (let i = 0; i < 3; i++) first.append(note(`${i}`))
    first.close()
    const second = new EventLog(file)
    expect(second.append(note('again')).seq).toBe(4)
    expect(seqs(readAll(second, 1))).toEqual([1, 2, 3, 4])
  })

  it('reads any stretch of many events, whether in memory or in the file', () => {
    const log = new EventLog(file)
    for (let i = 1; i <= 5000; i++) log.append(note(`event number ${i} ${'x'.repeat(i % 200)}`))
    for (const from of [1, 2, 1023, 1024, 1025, 1026, 2048, 3970, 3976, 3977, 5000]) {
      expect(seqs(readAll(log, from))).toEqual(upTo(5000, from))
    }
    expect(log.read(5001)).toEqual([])
    log.close()
    expect(seqs(readAll(new EventLog(file), 2049))).toEqual(upTo(5000, 2049))
  })

  it('has an event in the file before anyone hears of it', () => {
    const log = new EventLog(file)
    let seen = ''
    log.onAppend(() => (seen = readFileSync(file, 'utf8')))
    log.append(note('told'))
    expect(seen).toContain('told')
  })

  it('cuts off a line that a crash tore, and gives its number to the next event', () => {
    const log = new EventLog(file)
    for (let i = 0; i < 3; i++) log.append(note(`${i}`))
    log.close()
    truncateSync(file, readFileSync(file).length - 5)
    const again = new EventLog(file)
    expect(again.seq).toBe(2)
    again.append(note('third, anew'))
    expect(seqs(readAll(again, 1))).toEqual([1, 2, 3])
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(3)
  })

  it('cuts off a last line that is whole but not an event', () => {
    const log = new EventLog(file)
    log.append(note('good'))
    log.close()
    appendFileSync(file, '\0\0\0\n')
    expect(new EventLog(file).seq).toBe(1)
  })

  it('opens an empty file', () => {
    writeFileSync(file, '')
    expect(new EventLog(file).append(note('first')).seq).toBe(1)
  })
})
