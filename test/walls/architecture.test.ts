import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'

interface Rule {
  readonly name: string
  readonly to: { readonly pathNot?: string }
}

it('the picture of the architecture says what the rules of the walls say', () => {
  const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
    forbidden: Rule[]
  }
  const drawn = /<!-- walls -->\n([\s\S]*?)<!-- \/walls -->/.exec(
    readFileSync('docs/architecture.md', 'utf8'),
  )![1]!
  const rules = forbidden
    .filter(({ name }) => name.endsWith('-imports') && name !== 'webview-imports')
    .map(({ name, to }) => {
      const room = name.replace('-imports', '')
      const allowed = /\((.*?)\)/
        .exec(to.pathNot!)![1]!
        .split('|')
        .filter((other) => other !== room)
      return `- ${room}: ${allowed.join(', ') || 'nothing'}`
    })
  expect(drawn.trim().split('\n')).toEqual(rules)
})
