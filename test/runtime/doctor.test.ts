import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diagnose } from '../../src/runtime/doctor'
import { findFfmpeg } from '../../src/runtime/ffmpeg'
import { findingIds } from '../../src/runtime/findings/Finding'
import type { Finding } from '../../src/runtime/findings/Finding'
import type { Surroundings } from '../../src/runtime/findings/Surroundings'
import { isAlive } from '../../src/runtime/isAlive'
import { findNode } from '../../src/runtime/node'
import { RunHistory } from '../../src/run/RunHistory'

// Programs are small shell scripts here.
describe.skipIf(process.platform === 'win32')('the doctor', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "doctor a b's é-"))
    mkdirSync(path.join(home, 'bin'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  const program = (name: string, script: string): string => {
    const file = path.join(home, 'bin', name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return file
  }
  const machine = (more: Partial<Surroundings> = {}): Surroundings => ({
    runtimeFolder: path.join(home, 'runtime'),
    env: { PATH: path.join(home, 'bin') },
    execPath: path.join(home, 'none'),
    isElectron: false,
    workspace: { trusted: true, folders: [home], schedules: () => Promise.resolve(['a.multigrid.json']) },
    ...more,
  })
  const byId = (findings: readonly Finding[]) => Object.fromEntries(findings.map((one) => [one.id, one]))

  test('finds out everything, in order, and offers what can be done about what is missing', async () => {
    const findings = await diagnose(machine())
    expect(findings.map(({ id }) => id)).toEqual(findingIds)
    const { node, tensorflow, ffmpeg, gpu, disk, workspace } = byId(findings)
    expect(node).toMatchObject({ status: 'missing', remedies: ['chooseNode', 'openSettings'] })
    expect(node!.detail).toMatch(/^No Node\.js was found to run the trainer \(the one on PATH is missing\)$/)
    expect(node!.meaning).toMatch(/^Install Node\.js 18 or newer from https:\/\/nodejs\.org/)
    expect(tensorflow).toMatchObject({ status: 'missing', remedies: ['installRuntime'] })
    expect(ffmpeg).toMatchObject({
      status: 'missing',
      remedies: ['chooseFfmpeg', 'installRuntime', 'openSettings'],
    })
    expect([gpu!.status, disk!.status === 'missing', workspace!.status]).toEqual(['warning', false, 'ok'])
  })

  test('tells each as it becomes known: a slow program holds up only its own', async () => {
    program('ffmpeg', '/bin/sleep 1; echo "ffmpeg version 7.1"')
    program('nvidia-smi', 'echo "NVIDIA H100, 81559 MiB, 550.54.15"')
    const told: string[] = []
    const findings = await diagnose(machine(), ({ id }) => told.push(id))
    expect(told.at(-1)).toBe('ffmpeg')
    expect([...told].sort()).toEqual([...findingIds].sort())
    expect(byId(findings)['ffmpeg']).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^7\.1 \(/) as string,
    })
    expect(byId(findings)['gpu']!.detail).toContain('H100')
  })

  test('an nvidia-smi that fails is no machine without a GPU', async () => {
    program('nvidia-smi', 'exit 9')
    expect(byId(await diagnose(machine()))['gpu']).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('nvidia-smi ended with code 9') as string,
    })
  })

  test('what cannot be looked at is told as that, and the rest is looked at', async () => {
    const broken = { trusted: true, folders: [home], schedules: () => Promise.reject(new Error('no search')) }
    const findings = byId(await diagnose(machine({ workspace: broken })))
    expect(findings['workspace']).toMatchObject({ status: 'missing', detail: 'no search' })
    expect(findings['memory']!.detail).toMatch(/GiB free of/)
  })

  test('when nobody waits any more it ends what it has started, and tells nothing', async () => {
    const pid = path.join(home, 'pid')
    program('ffmpeg', `echo $$ > '${pid.replaceAll("'", `'\\''`)}'; exec sleep 60`)
    const abort = new AbortController()
    const told: string[] = []
    const answers = diagnose(
      machine({ signal: abort.signal, env: { PATH: `${home}/bin:${process.env['PATH']}` } }),
      ({ id }) => told.push(id),
    )
    while (!existsSync(pid) || readFileSync(pid, 'utf8') === '') await delay(20)
    const before = told.length
    abort.abort()
    await answers
    expect(isAlive(Number(readFileSync(pid, 'utf8')))).toBe(false)
    expect(told).toHaveLength(before)
    expect(told).not.toContain('ffmpeg')
  })

  test('a start that lacks Node.js or ffmpeg leads to it', async () => {
    const { env, execPath, isElectron, runtimeFolder } = machine()
    for (const setting of [undefined, path.join(home, 'none')]) {
      await expect(findNode({ setting, env, execPath, isElectron })).rejects.toMatchObject({ help: 'doctor' })
      await expect(findFfmpeg({ setting, env, runtimeFolder })).rejects.toMatchObject({ help: 'doctor' })
    }
  })

  test('where a failure sends a person is on the record of the run, until it goes on', () => {
    const history = new RunHistory('id', 'name')
    const time = 0
    history.push({ seq: 1, time, type: 'state', state: 'failed', reason: 'no TensorFlow', help: 'doctor' })
    expect(history.current.help).toBe('doctor')
    history.push({ seq: 2, time, type: 'state', state: 'starting', reason: 'again' })
    expect(history.current.help).toBeUndefined()
  })
})
