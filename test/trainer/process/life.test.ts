import { spawn } from 'node:child_process'
import { readFileSync, readdirSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { AttachedRun } from '../../../src/run/AttachedRun'
import { killTrainer } from '../../../src/run/killTrainer'
import { createRun, readRun } from '../../../src/run/runFolders'
import type { KnownRun } from '../../../src/run/runFolders'
import { whereabouts } from '../../../src/run/whereabouts'
import { loadConfig } from '../../../src/config/load'
import { isAlive } from '../../../src/runtime/isAlive'
import type { RunRecord } from '../../../src/protocol/runRecord'
import { command, Followed, forHours, removeWorkspaces, workspace } from './workspace'

afterAll(removeWorkspaces)

const rewrite = (folder: string, change: Partial<RunRecord>): KnownRun => {
  const { record } = readRun(folder)!
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ ...record, ...change }))
  return readRun(folder)!
}

async function untilTrue(what: string, test: () => boolean): Promise<void> {
  for (let waited = 0; !test(); waited += 50) {
    if (waited > 30_000) throw new Error(`Waited in vain for ${what}.`)
    await delay(50)
  }
}

describe('a run and those who look at it', () => {
  it('goes on when the program that started it is killed, and is found with nothing missing', async () => {
    const place = await workspace(forHours)
    const { folder } = createRun({ schedule: place.schedule, config: loadConfig(place.schedule).config })
    const { node, script, env } = await command()
    // Started as an extension host starts it, by a process that is then gone, with its whole group.
    const starter = spawn(
      process.execPath,
      [
        '-e',
        `require('child_process').spawn(${JSON.stringify(node)}, ${JSON.stringify([script, folder])}, { detached: true, stdio: 'ignore' }); setTimeout(() => {}, 1e9)`,
      ],
      { env, stdio: 'ignore', detached: true },
    )
    await untilTrue('a trainer that trains', () => readRun(folder)?.record.state === 'running')
    process.kill(-starter.pid!, 'SIGKILL')
    await delay(500)

    const run = new Followed(new AttachedRun(readRun(folder)!))
    try {
      await run.run.open()
      const before = run.ofType('step').length
      await run.untilStep(before + 10)
      expect(run.run.isLive).toBe(true)
      // Away for a while, and back.
      run.run.dispose()
      const seen = run.events.at(-1)!.seq
      await untilTrue('events that nobody hears', () => lastSeq(folder) > seen + 50)
      const again = new Followed(new AttachedRun(readRun(folder)!))
      await again.run.open()
      await again.until(({ seq }) => seq > seen + 60)
      expect(again.events.map(({ seq }) => seq)).toEqual(again.events.map((_, index) => index + 1))
      await again.run.api.stop({ checkpoint: false })
      await again.run.ended()
    } finally {
      run.kill()
    }
  })

  it('is the same to two at once: what one asks for, both see; and it has one trainer only', async () => {
    const place = await workspace(forHours)
    const run = Followed.of(place)
    try {
      await run.run.start(await command())
      await run.untilStep(2)
      const second = new Followed(new AttachedRun(readRun(run.run.folder)!))
      await second.run.open()
      await second.run.api.hold({})
      await run.until((event) => event.type === 'state' && event.state === 'held')
      expect(second.run.history.current.state).toBe('held')
      const late = run.run.api.hold({})
      await second.run.api.resume({})
      await late
      await second.run.api.resume({})

      const { node, script, env } = await command()
      const rival = spawn(node, [script, run.run.folder], { env })
      let said = ''
      rival.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const code = await new Promise((resolve) => rival.once('exit', resolve))
      expect(code).toBe(1)
      expect(said).toBe(
        `This run is trained already, by process ${run.run.record.pid} on ${hostname()}. One run has one trainer.\n`,
      )
      await run.untilStep(run.ofType('step').at(-1)!.iteration + 2)
      expect(readRun(run.run.folder)!.record.pid).toBe(run.run.record.pid)
      await run.run.api.stop({ checkpoint: false })
      await run.run.ended()
      expect(readdirSync(run.run.folder)).not.toContain('trainer.lock')
    } finally {
      run.kill()
    }
  })

  it.skipIf(process.platform === 'win32')(
    'whose trainer does not answer is ended by force, its decoders too',
    async () => {
      const run = Followed.of(await workspace(forHours))
      try {
        await run.run.start(await command())
        await run.untilStep(2)
        const pid = run.run.record.pid!
        process.kill(pid, 'SIGSTOP')
        const answer = run.run.api.stop({ checkpoint: true })
        const outcome = expect(answer).rejects.toThrow()
        await killTrainer(readRun(run.run.folder)!)
        await outcome
        await run.run.ended()
        expect(run.run.history.current.state).toBe('gone')
        expect(run.run.history.current.reason).toMatch(/killed \(SIGKILL\)/)
        if (process.platform === 'linux') expect(processesIn(run.run.folder)).toEqual([])
        await expect(killTrainer(readRun(run.run.folder)!)).rejects.toThrow(
          'No trainer of "small" is running.',
        )
        // A lock that was left behind keeps nobody out.
        await run.run.start(await command())
        await run.run.api.stop({ checkpoint: false })
        await run.run.ended()
      } finally {
        run.kill()
      }
    },
  )

  it('whose process number is another program’s by now is neither followed nor ended', async () => {
    const place = await workspace(forHours)
    const { folder } = createRun({ schedule: place.schedule, config: loadConfig(place.schedule).config })
    const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1e9)'], { stdio: 'ignore' })
    try {
      const known = rewrite(folder, {
        state: 'running',
        pid: stranger.pid!,
        host: hostname(),
        port: 9,
        token: 'x',
      })
      expect(await whereabouts(known)).toBe('nowhere')
      const run = new AttachedRun(known)
      const began = performance.now()
      await run.open()
      expect(performance.now() - began).toBeLessThan(5000)
      expect(run.history.current.state).toBe('gone')
      await expect(killTrainer(known)).rejects.toThrow('No trainer of "small" is running.')
      expect(isAlive(stranger.pid!)).toBe(true)
    } finally {
      stranger.kill('SIGKILL')
    }
  })

  it('that trains on another machine with the same disk is followed, and not trained twice', async () => {
    const place = await workspace(forHours)
    const { folder } = createRun({ schedule: place.schedule, config: loadConfig(place.schedule).config })
    const lock = path.join(folder, 'trainer.lock')
    const known = rewrite(folder, { state: 'running', pid: process.pid, host: 'node-7', port: 9, token: 'x' })
    writeFileSync(lock, JSON.stringify({ pid: process.pid, host: 'node-7' }))
    const beat = setInterval(() => utimesSync(lock, new Date(), new Date()), 1000)
    const run = new AttachedRun(known)
    try {
      await run.open()
      await untilTrue('its place', () => run.history.current.state === 'elsewhere')
      expect(run.history.current.reason).toBe('"small" trains on node-7: open its folder there to steer it.')
      await expect(run.start(await command())).rejects.toThrow('"small" trains on node-7')
      await expect(killTrainer(known)).rejects.toThrow('can be ended only there')
      const { node, script, env } = await command()
      const rival = spawn(node, [script, folder], { env, stdio: 'ignore' })
      expect(await new Promise((resolve) => rival.once('exit', resolve))).toBe(1)
    } finally {
      clearInterval(beat)
      run.dispose()
    }
    expect(await whereabouts(known)).toBe('nowhere')
  })
})

function lastSeq(folder: string): number {
  const lines = readFileSync(path.join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n')
  try {
    return (JSON.parse(lines.at(-1)!) as { seq: number }).seq
  } catch {
    return 0 // it is being written
  }
}

/** Processes whose working directory is the run folder: the trainer's, and those it has started. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readlinkSync(`/proc/${name}/cwd`) === folder
    } catch {
      return false
    }
  })
}
