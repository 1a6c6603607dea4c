import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HumanError } from '../../src/HumanError'
import { loadConfig } from '../../src/config/load'

describe('loading a schedule file', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'schedule-'))
    file = path.join(folder, 'motion.multigrid.json')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('makes its paths absolute and takes its name from the file', () => {
    const text =
      '\uFEFF{ "data": { "train": "data/train", "val": "/elsewhere", "root": "../videos", "labels": "names.txt" }, "model": { "init": "../w.safetensors" } }'
    writeFileSync(file, text)
    const { config, problems } = loadConfig(file)
    expect(config.name).toBe('motion')
    expect(config.data.train).toBe(path.join(folder, 'data/train'))
    expect(config.data.val).toBe(path.resolve('/elsewhere'))
    expect(config.data.root).toBe(path.join(path.dirname(folder), 'videos'))
    expect(config.data.labels).toBe(path.join(folder, 'names.txt'))
    expect(config.model.init).toBe(path.join(path.dirname(folder), 'w.safetensors'))
    expect(problems).toEqual([])
  })

  it('leaves out what the file leaves out', () => {
    writeFileSync(file, '{ "data": { "train": "x" } }')
    const { config } = loadConfig(file)
    expect('val' in config.data).toBe(false)
    expect('init' in config.model).toBe(false)
  })

  it('refuses a faulty one with a line for each problem', () => {
    writeFileSync(file, '{ "data": { "train": "x", "crop": -1 },\n  "trian": {} }')
    expect(() => loadConfig(file)).toThrow(HumanError)
    expect(() => loadConfig(file)).toThrow(
      `${file}:1:35 data.crop must be a whole number from 1 to 2048; it is -1\n${file}:2:3 trian is not a key; did you mean "train"?`,
    )
  })

  it('says what to do about one that is not there, is a folder, or is something else', () => {
    expect(() => loadConfig(path.join(folder, 'none.multigrid.json'))).toThrow(
      /there is no such file.*New Schedule/,
    )
    expect(() => loadConfig(folder)).toThrow(/it is a folder/)
    writeFileSync(file, Buffer.alloc(2_000_000))
    expect(() => loadConfig(file)).toThrow(/2000000 bytes/)
  })
})
