import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { parseConfig } from '../../src/config/parse'
import { loadConfig } from '../../src/config/load'
import { AttachedRun } from '../../src/run/AttachedRun'
import { editedSchedule, takeReading } from '../../src/run/editedSchedule'
import { readEvents } from '../../src/run/eventFile'
import { launch } from '../../src/run/launch'
import { oneLine } from '../../src/run/oneLine'
import { createRun, listRuns, readRun, scheduleOf } from '../../src/run/runFolders'
import type { KnownRun } from '../../src/run/runFolders'
import { RunHistory } from '../../src/run/RunHistory'
import { EventLog } from '../../src/trainer/EventLog'
import { RunFolder } from '../../src/trainer/RunFolder'

let root: string
let outside: string
let run: KnownRun

const posix = process.platform !== 'win32'

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'forged-'))
  outside = path.join(root, 'outside')
  const workspace = path.join(root, 'workspace')
  mkdirSync(outside)
  mkdirSync(workspace)
  writeFileSync(path.join(outside, 'secret'), 'secret\n')
  const schedule = path.join(workspace, 'a.multigrid.json')
  writeFileSync(schedule, '{ "data": { "train": "train" } }')
  run = createRun({ schedule, config: loadConfig(schedule).config })
})
afterEach(() => rmSync(root, { recursive: true }))

const inRun = (name: string): string => path.join(run.folder, name)
const secret = (): string => readFileSync(path.join(outside, 'secret'), 'utf8')

function forge(change: Record<string, unknown>): void {
  const record: unknown = JSON.parse(readFileSync(inRun('run.json'), 'utf8'))
  writeFileSync(inRun('run.json'), JSON.stringify({ ...(record as object), ...change }))
}

async function history(lines: readonly string[]): Promise<RunHistory> {
  writeFileSync(inRun('events.jsonl'), `${lines.join('\n')}\n`)
  const all = new RunHistory(run.record.id, run.record.name)
  for await (const event of readEvents(run.folder)) all.push(event)
  return all
}

const problem = (seq: number, message: string): string =>
  JSON.stringify({ seq, time: 0, type: 'problem', kind: 'note', message })

describe.skipIf(!posix)('a run folder with a link in it', () => {
  test.each(['run.json', 'config.json', 'plan.json', 'events.jsonl', 'trainer.log', 'checkpoints', 'other'])(
    'is no run, whatever the link %s names',
    (name) => {
      rmSync(inRun(name), { force: true, recursive: true })
      symlinkSync(path.join(outside, name === 'checkpoints' ? '' : 'secret'), inRun(name))
      expect(readRun(run.folder)).toBeUndefined()
      expect(listRuns(path.join(root, 'workspace'))).toEqual([])
      expect(() => new RunFolder(run.folder)).toThrow(/not the record of a run|is not taken for a run/)
    },
  )

  it('is no run where it is a link itself', () => {
    const link = path.join(path.dirname(run.folder), 'link')
    symlinkSync(run.folder, link)
    expect(readRun(link)).toBeUndefined()
  })

  it('is not trained where a checkpoint is a link', () => {
    mkdirSync(inRun('checkpoints'))
    symlinkSync(outside, inRun('checkpoints/7'))
    expect(() => new RunFolder(run.folder)).toThrow(/7 among its checkpoints is a link/)
    rmSync(inRun('checkpoints/7'))
    mkdirSync(inRun('checkpoints/7'))
    symlinkSync(path.join(outside, 'secret'), inRun('checkpoints/7/model.safetensors'))
    expect(() => new RunFolder(run.folder)).toThrow(/model.safetensors among its checkpoints is a link/)
  })

  it('is written through by nobody, even where it was looked at before the link was made', async () => {
    const folder = new RunFolder(run.folder)
    for (const name of [
      `run.json.${process.pid}.partial`,
      `config.json.${process.pid}.partial`,
      'trainer.log',
      'events.jsonl',
    ])
      symlinkSync(path.join(outside, 'secret'), inRun(name))
    folder.update({ reason: 'new' })
    takeReading(run.folder, loadConfig(run.record.schedule).config)
    expect(() => new EventLog(inRun('events.jsonl'))).toThrow(/ELOOP/)
    const command = { node: process.execPath, script: '/none', env: {} }
    await expect(launch(run, command)).rejects.toThrow(/ELOOP/)
    expect(secret()).toBe('secret\n')
    expect(readdirSync(outside)).toEqual(['secret'])
    const events = []
    for await (const event of readEvents(run.folder)) events.push(event)
    expect(events).toEqual([])
  })

  it('is not waited for where a pipe has the place of a file', async () => {
    rmSync(inRun('run.json'))
    execFileSync('mkfifo', [inRun('run.json')])
    expect(readRun(run.folder)).toBeUndefined()
    execFileSync('mkfifo', [inRun('events.jsonl')])
    for await (const event of readEvents(run.folder)) throw new Error(event.type)
  })
})

describe('a forged record', () => {
  test.each(['/etc/passwd', '../../../../outside/secret', '/dev/zero', '//server/share/a.multigrid.json'])(
    'cannot make anyone read %s for the schedule',
    (schedule) => {
      forge({ schedule })
      const forged = readRun(run.folder)!
      expect(path.dirname(scheduleOf(forged))).toBe(path.join(root, 'workspace'))
      expect(editedSchedule(forged)).toBeUndefined()
    },
  )

  it('finds its schedule beside its folder after the workspace was moved', () => {
    forge({ schedule: '/elsewhere/a.multigrid.json' })
    expect(scheduleOf(readRun(run.folder)!)).toBe(run.record.schedule)
  })

  test.each([
    ['an id with a separator', { id: '../x' }],
    ['an id that is not its folder’s name', { id: 'other' }],
    ['a token that would end a header', { token: 'x\r\nHost: evil' }],
    ['a port that is none', { port: 1e9 }],
    ['a process group for a process', { pid: -1 }],
    ['a number beyond all numbers', { bestTop1: '1e999' }],
  ])('with %s is none', (_, change) => {
    forge(change)
    writeFileSync(inRun('run.json'), readFileSync(inRun('run.json'), 'utf8').replace('"1e999"', '1e999'))
    expect(readRun(run.folder)).toBeUndefined()
  })

  it('of a gigabyte is not read', () => {
    execFileSync('truncate', ['-s', '1G', inRun('run.json')])
    expect(readRun(run.folder)).toBeUndefined()
  })

  it('is only text to whoever shows it', () => {
    forge({ name: 'a\u001b]0;evil\u0007\u202eb', reason: `x\r${'y'.repeat(1 << 15)}` })
    const { name, reason } = readRun(run.folder)!.record
    expect(name).toBe('a\uFFFD]0;evil\uFFFD\uFFFDb')
    expect(reason.length).toBeLessThan(4100)
    expect(oneLine(new RunHistory('', name).view())).not.toMatch(/[\u001b\u202e]/)
  })

  it.skipIf(!posix)('that names another program’s process leaves that alone', async () => {
    const { spawn } = await import('node:child_process')
    const bystander = spawn('sleep', ['60'])
    try {
      forge({ state: 'running', pid: bystander.pid, port: 9, token: 'x' })
      const attached = new AttachedRun(readRun(run.folder)!)
      const following = attached.open()
      await delay(1500)
      expect(attached.isLive).toBe(false)
      await expect((async () => attached.api.stop({ checkpoint: true }))()).rejects.toThrow(/No trainer/)
      attached.dispose()
      await following
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull()
    } finally {
      bystander.kill('SIGKILL')
    }
  })

  it('of a folder that is not trusted is connected to by nobody', async () => {
    const { createServer } = await import('node:net')
    let met = 0
    const server = createServer((socket) => {
      met++
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    forge({ state: 'running', pid: process.pid, port, token: 'x' })
    writeFileSync(inRun('events.jsonl'), `${problem(1, 'seen')}\n`)
    const attached = new AttachedRun(readRun(run.folder)!)
    await attached.read()
    await delay(100)
    expect(attached.history.current.problems).toMatchObject([{ message: 'seen' }])
    expect(met).toBe(0)
    server.close()
  })
})

it('a schedule’s words reach a terminal as text', () => {
  const schedule = path.join(root, 'workspace', 'b.multigrid.json')
  writeFileSync(schedule, String.raw`{ "data": { "train": "t" }, "\u001b]0;evil\u0007": 1 }`)
  const { stderr } = spawnSync(process.execPath, ['dist/cli.js', 'plan', schedule], { encoding: 'utf8' })
  expect(stderr).toContain('\uFFFD]0;evil\uFFFD is not a key')
})

describe('a forged event log', () => {
  it('is read past lines that no event can have, in bounded memory', async () => {
    writeFileSync(inRun('events.jsonl'), `${problem(1, 'before')}\n`)
    const middle = '{"seq":2,"time":0,"type":"problem","kind":"note","message":"'
    writeFileSync(inRun('events.jsonl'), middle, { flag: 'a' })
    // A hole of 256 MiB: zeros, on one line.
    execFileSync('truncate', ['-s', String(1 << 28), inRun('events.jsonl')])
    writeFileSync(inRun('events.jsonl'), `"}\n${problem(3, 'after')}\n`, { flag: 'a' })
    const before = process.memoryUsage().rss
    const seen: number[] = []
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss - before)), 5)
    for await (const { seq } of readEvents(run.folder)) seen.push(seq)
    clearInterval(watch)
    expect(seen).toEqual([1, 3])
    expect(most).toBeLessThan(150 << 20)
  })

  it('cannot fill the memory with long words, many shapes or many evaluations', async () => {
    const long = 'x'.repeat(900_000)
    const many = Array.from({ length: 60 }, (_, i) => problem(i + 1, long))
    const all = await history(many)
    expect(JSON.stringify(all.view()).length).toBeLessThan(1 << 20)
    const evaluations = new RunHistory('', '')
    for (let seq = 1; seq <= 6000; seq++) {
      const numbers = { iteration: seq, epoch: seq, clips: 1, loss: 1, top1: 1, top5: 1, k: 1, seconds: 1 }
      evaluations.push({ seq, time: 0, type: 'evaluation', ...numbers })
    }
    expect(evaluations.view().evaluations.length).toBe(5000)
    const shapes = new RunHistory('', '')
    for (let seq = 1; seq <= 2500; seq++) {
      const shape = { batch: seq, frames: 1, size: 1, stride: 1 }
      const step = { iteration: seq, epoch: seq, phase: seq % 2, shape, lr: 1, loss: 1, top1: 1, clips: 1 }
      shapes.push({
        seq,
        time: 0,
        type: 'step',
        ...step,
        seconds: { data: 0, compute: 1 },
        progress: 0,
        secondsLeft: 0,
      })
    }
    expect(shapes.view().shapes.length).toBe(1000)
    expect(shapes.view().spans.length).toBe(1000)
  })

  it('cannot reach the prototypes of the program, nor can a config or a schedule', async () => {
    const evil = '{"polluted":"yes"}'
    await history([
      `{"seq":1,"time":0,"type":"problem","kind":"note","message":"m","__proto__":${evil},"constructor":{"prototype":${evil}}}`,
      `{"seq":2,"time":0,"__proto__":{"type":"state","state":"failed","reason":"r"}}`,
      `{"seq":3,"time":0,"type":"run","id":"i","name":"n","model":"m","parameters":1,"flopsPerClip":[],"classes":[],"clips":{"train":1,"val":1},"backend":"b","device":"d","reason":"r","versions":{"__proto__":"x","constructor":"y"},"iteration":0,"epoch":0}`,
    ])
    parseConfig(
      `{ "__proto__": ${evil}, "data": { "train": "t", "__proto__": ${evil} }, "constructor": { "prototype": ${evil} } }`,
    )
    forge(JSON.parse(`{"__proto__":${evil}}`) as Record<string, unknown>)
    readRun(run.folder)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('has no say with numbers that are none', async () => {
    const step = (loss: string): string =>
      `{"seq":1,"time":0,"type":"step","iteration":1,"epoch":${loss},"phase":0,"shape":{"batch":1,"frames":1,"size":1,"stride":1},"lr":1,"loss":1,"top1":0,"clips":1,"seconds":{"data":0,"compute":1},"progress":0,"secondsLeft":0}`
    expect((await history([step('1e999')])).seq).toBe(0)
    expect((await history([step('-1e999')])).seq).toBe(0)
    expect((await history([step('1')])).seq).toBe(1)
  })
})

describe.skipIf(!posix)('what a run leaves on disk', () => {
  it('is its user’s alone, also after it was written again over what a clone has brought', () => {
    const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8)
    expect(mode(run.folder)).toBe('700')
    expect(mode(path.dirname(run.folder))).toBe('700')
    expect(mode(path.dirname(path.dirname(run.folder)))).toBe('700')
    expect(mode(inRun('run.json'))).toBe('600')
    execFileSync('chmod', ['644', inRun('run.json'), inRun('config.json')])
    new RunFolder(run.folder).update({ token: 'x', port: 7 })
    takeReading(run.folder, loadConfig(run.record.schedule).config)
    expect(mode(inRun('run.json'))).toBe('600')
    expect(mode(inRun('config.json'))).toBe('600')
    expect(existsSync(inRun(`run.json.${process.pid}.partial`))).toBe(false)
  })
})
