import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonSchema } from '../../src/config/jsonSchema'

interface Node {
  type?: string
  description?: string
  properties?: Record<string, Node>
  required?: string[]
  additionalProperties?: boolean
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
})
