import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonSchema } from '../../src/config/jsonSchema'
import { parseConfig } from '../../src/config/parse'

interface Node {
  type?: string
  description?: string
  properties?: Record<string, Node>
  required?: string[]
  additionalProperties?: boolean
  enum?: unknown[]
  enumDescriptions?: string[]
  defaultSnippets?: { label: string; body: unknown }[]
}

describe('the JSON Schema', () => {
  it('in media is the one that the schema gives; node scripts/schema.mjs writes it', () => {
    const file = new URL('../../media/multigrid.schema.json', import.meta.url)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(jsonSchema())))
  })

  it('has a description for every key, and refuses others', () => {
    const check = (node: Node, path: string): void => {
      if (!node.properties) return
      expect(node.additionalProperties, path).toBe(false)
      for (const [key, child] of Object.entries(node.properties)) {
        expect(child.description, `${path}.${key}`).toBeTruthy()
        check(child, `${path}.${key}`)
      }
    }
    check(jsonSchema(), '')
  })

  it('requires the training clips and nothing else', () => {
    const { required, properties } = jsonSchema() as Node
    expect(required).toEqual(['data'])
    expect(properties!['data']!.required).toEqual(['train'])
    expect(properties!['train']!.required).toBeUndefined()
  })

  it('describes each word of a choice', () => {
    const check = ({ enum: values = [], enumDescriptions, properties = {} }: Node, path: string): void => {
      const words = values.filter((value) => typeof value === 'string')
      if (words.length > 0 || enumDescriptions) expect(enumDescriptions, path).toHaveLength(values.length)
      for (const [key, child] of Object.entries(properties))
        check(child, path === '' ? key : `${path}.${key}`)
    }
    check(jsonSchema(), '')
  })

  it('completes whole values that can be trained', () => {
    const found: [string, unknown][] = []
    const collect = ({ defaultSnippets = [], properties = {} }: Node, path: string[]): void => {
      for (const { label, body } of defaultSnippets) {
        const value = inserted(body)
        const file = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object
        found.push([`${path.join('.')} ${label}`, { data: { train: 't' }, ...file }])
      }
      for (const [key, child] of Object.entries(properties)) collect(child, [...path, key])
    }
    collect(jsonSchema(), [])
    expect(found.length).toBeGreaterThan(10)
    for (const [name, file] of found) {
      // What they leave open, the rest of the file says.
      const whole = file as { data: object }
      const { problems } = parseConfig(
        JSON.stringify({ ...whole, data: { train: 't', crop: 112, ...whole.data } }),
      )
      expect(
        problems.filter(({ severity }) => severity === 'error'),
        name,
      ).toEqual([])
    }
  })
})

/** A snippet's body as the editor writes it, its first choices taken: `^` begins what gets no quotes. */
function inserted(body: unknown): unknown {
  const text = JSON.stringify(body)
    .replace(/"\^\$\{\d+:([^}]*)\}"/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
  return JSON.parse(text)
}
