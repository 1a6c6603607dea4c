import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const manifest = readFileSync('package.json', 'utf8')
const words = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>

it('every text of the manifest that is to be translated is there, and none is left over', () => {
  const used = new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!))
  expect([...used].filter((key) => !(key in words))).toEqual([])
  expect(Object.keys(words).filter((key) => !used.has(key))).toEqual([])
})

it('every title and description of the manifest is to be translated', () => {
  const { contributes } = JSON.parse(manifest) as { contributes: Record<string, unknown> }
  const plain: string[] = []
  const look = (value: unknown, key = ''): void => {
    if (Array.isArray(value)) value.forEach((one) => look(one, key))
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) look(one, name)
    else if (
      /^(title|description|contents|markdownDescription|markdownEnumDescriptions|altText)$/.test(key) &&
      typeof value === 'string' &&
      !/^%.*%$/.test(value)
    )
      plain.push(value)
  }
  look(contributes)
  expect(plain).toEqual(['Multigrid', 'Multigrid']) // a name: of the settings and of the side bar
})

it('every setting that the extension reads is described, and every one that is described is read', () => {
  const { contributes } = JSON.parse(manifest) as {
    contributes: { configuration: { properties: Record<string, { scope?: string }> } }
  }
  const { properties } = contributes.configuration
  for (const [key, { scope }] of Object.entries(properties)) {
    expect(['machine', 'application', 'window', 'resource'], key).toContain(scope)
    if (/Path$|gpu$/.test(key)) expect(scope, `${key} names a program or a device`).toBe('machine')
  }
})
