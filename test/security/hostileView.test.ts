import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import { runEvent } from '../../src/protocol/events'
import { runRecord } from '../../src/protocol/runRecord'
import { viewToHost } from '../../src/protocol/view'
import { batchToHost } from '../../src/protocol/batchPage'
import { batchPage } from '../../src/host/views/batchPage'
import { RunHistory } from '../../src/run/RunHistory'
import { bundleView, launchBrowser, noBrowser, openView } from '../webviewBrowser/openView'
import type { Bundle, OpenView } from '../webviewBrowser/openView'

const evils: Readonly<Record<string, string>> = {
  'a tag': '<img src=x onerror="window.ran=1">',
  'an end of the script':
    '</script><script>window.ran=1</script><iframe srcdoc="<script>parent.ran=1</script>">',
  'an attribute': `" onmouseover="window.ran=1" x='`,
  'a template': '${window.ran=1}{{window.ran=1}}`+(window.ran=1)+`',
  'a link': '[x](command:workbench.action.quit) javascript:window.ran=1',
  'control characters': 'a\u0000b\u0007c\u001b[31md\u0085e\ufeff\r\n\tf',
  'right-to-left marks': '\u202egnp.exe\u2066\u200f',
  'a megabyte': '<b>'.repeat(333_000),
  'a megabyte without a space': 'w'.repeat(1_000_000),
  'combining marks': 'a\u0301'.repeat(2000),
}

/** Every kind of event with `evil` in each place where it has words. */
function eventsWith(evil: string): unknown[] {
  const shape = { batch: 8, frames: 8, size: 112 }
  const phase = {
    ...{ lrStage: 0, startEpoch: 0, endEpoch: 10, fineTune: false, stride: [1, 2] },
    ...{ shapes: [{ ...shape, jitter: [128, 160] }], norm: { kind: 'plain', [evil.slice(0, 99)]: evil } },
  }
  const payloads = [
    {
      type: 'run',
      ...{ id: evil, name: evil, model: evil, backend: evil, device: evil, reason: evil, slow: evil },
      ...{ normalisation: evil, classes: [evil, evil], versions: { [evil.slice(0, 99)]: evil } },
      ...{ parameters: 1, flopsPerClip: [], clips: { train: 1, val: 1 }, iteration: 0, epoch: 0 },
    },
    {
      type: 'plan',
      plan: { epochs: 10, phases: [phase] },
      iterations: 100,
      rates: [[0, 1]],
      changes: [evil, evil],
    },
    {
      type: 'step',
      ...{
        iteration: 1,
        epoch: 1,
        phase: 0,
        shape: { ...shape, stride: 1, [evil.slice(0, 99)]: evil },
        lr: 1,
        loss: 1,
      },
      ...{ top1: 0, clips: 8, seconds: { data: 0, compute: 1 }, progress: 0.1, secondsLeft: 1 },
    },
    { type: 'checkpoint', path: evil, iteration: 1, epoch: 1, bytes: 1, best: true },
    { type: 'problem', kind: 'note', message: evil },
    { type: 'state', state: 'failed', reason: evil },
  ]
  return payloads.map((payload, i) => ({ seq: i + 1, time: 0, ...payload }))
}

describe.skipIf(noBrowser)('the view of a run that was made to do harm', () => {
  let browser: Browser
  let bundle: Bundle
  let view: OpenView | undefined

  beforeAll(async () => {
    bundle = await bundleView()
    browser = await launchBrowser()
  }, 60_000)
  afterEach(() => view?.page.context().close())
  afterAll(() => browser.close())

  test.each(Object.entries(evils))('shows %s as text, and keeps its layout', async (_, evil) => {
    const record = runRecord.parse({
      ...{ id: 'x', name: evil, created: evil, schedule: evil, state: 'failed', reason: evil, engine: evil },
    })
    const history = new RunHistory(record.id, record.name)
    for (const raw of eventsWith(evil)) history.push(runEvent.parse(JSON.parse(JSON.stringify(raw))))
    expect(history.seq).toBe(6)
    const summary = { id: 'x', name: record.name, state: record.state, created: record.created }
    view = await openView({ browser, bundle, width: 250, theme: 'dark' })
    const { page, send, call, errors } = view
    const state = { runs: [summary, { ...summary, id: 'y' }], schedules: [], run: history.view() }
    const began = Date.now()
    await send({ type: 'snapshot', state })
    expect(Date.now() - began).toBeLessThan(5000)
    await page.locator('.surface').hover()
    await page.getByRole('combobox', { name: 'Run' }).click()
    await page.keyboard.press('Escape')
    expect(await page.evaluate('window.ran')).toBeUndefined()
    const strange =
      'img, iframe, object, embed, form, base, link:not([rel=stylesheet]), script:not([nonce]), a, b'
    expect(await page.locator(strange).count()).toBe(0)
    expect(await page.locator('.run-name').textContent()).toBe(history.current.name)
    expect(await page.locator('main').textContent()).not.toMatch(
      /[\0\u0007\u001b\u0085\u202a-\u202e\u2066-\u2069\u200f]/,
    )
    expect(await call('overflow()')).toEqual({ excess: 0, cut: [] })
    expect(errors).toEqual([])
  })
})

describe('the pages of the extension', () => {
  const policyOf = (html: string): Record<string, string> =>
    Object.fromEntries(
      /Content-Security-Policy" content="([^"]+)"/
        .exec(html)![1]!
        .split(';')
        .map((part) => part.trim().split(/ (.*)/s).slice(0, 2) as [string, string]),
    )
  const clip = { footage: { kind: 'video', file: '/a"b/<c>.mp4' }, classes: ['<i>'] } as const
  const shown = { shape: { batch: 1, frames: 1, size: 8 }, clips: [clip], png: Buffer.alloc(0) }
  const assets = { script: 's.js', style: 's.css', source: 'https://source', nonce: 'NONCE' }

  const pages: [string, string][] = [
    ['batchPage.ts', batchPage({ run: '<b>', iteration: 1, shown }, assets)],
    ...readdirSync('src/host/views')
      .map((name): [string, string] => [name, readFileSync(path.join('src/host/views', name), 'utf8')])
      .filter(([, text]) => text.includes('<!DOCTYPE html>') || /webview\.html = `/.test(text))
      .map(([name, text]): [string, string] => [
        name,
        // The policy is written as a template: its pieces are put in as they are.
        text.replace(/content="\$\{policy\}"/, `content="${/policy = `([^`]+)`/.exec(text)?.[1] ?? ''}"`),
      ]),
  ]

  it.each(pages)('%s lets nothing in but its own script and style', (_, html) => {
    const policy = policyOf(html)
    expect(policy['default-src']).toBe("'none'")
    expect(policy['script-src']).toMatch(/^'nonce-[^' ]+'$/)
    expect(JSON.stringify(policy)).not.toMatch(/unsafe-|\*|https?:(?!\/\/source)|data:/)
    expect(policy['connect-src']).toBeUndefined()
    for (const [tag] of html.matchAll(/<(script|style)\b[^>]*>/g)) expect(tag).toContain('nonce="')
    expect(html.replace(/<script[^>]*>/g, '')).not.toMatch(/\son\w+="|javascript:|\sstyle="/)
  })

  it('have no resources but those of the bundle, and scripts where they need them', () => {
    for (const name of readdirSync('src/host/views')) {
      const text = readFileSync(path.join('src/host/views', name), 'utf8')
      const scripts = text.split('enableScripts: true').length - 1
      const roots = [...text.matchAll(/localResourceRoots: (\[[^\]]*\])/g)].map(([, list]) => list)
      expect(roots.length, name).toBe(scripts)
      for (const list of roots)
        expect(list).toMatch(/^\[vscode\.Uri\.joinPath\((\w+\.)?extensionUri, 'dist'\)\]$/)
      expect(text).not.toMatch(/enableCommandUris|isTrusted = true|supportHtml|retainContextWhenHidden/)
    }
  })

  it.each([
    { type: 'command', command: 'workbench.action.quit' },
    { type: 'command', command: '../start' },
    { type: 'command', command: 'start', __proto__: { command: 'stop' }, argument: '/etc/passwd', extra: 1 },
    { type: 'select', run: 'x'.repeat(201) },
    { type: 'select', run: { toString: 'x' } },
    { type: 'open', row: -1 },
    { type: 'open', row: 1.5 },
    null,
    'ready',
  ])('are heard only in words of the protocol: %j', (message) => {
    const heard = [viewToHost.safeParse(message).data, batchToHost.safeParse(message).data]
    const said = heard.find((one) => one !== undefined)
    // What is known is taken, without what came with it.
    if (said) expect(said).toEqual({ type: 'command', command: 'start' })
  })
})
