import * as z from 'zod'
import { scheduleSchema } from './schema'
import { schemaHelp } from './schemaHelp'

interface Node {
  readonly properties?: Record<string, Node>
}

/** The JSON Schema of a schedule file, in the draft that VS Code's editor knows best. */
export function jsonSchema(): object {
  return {
    ...helped(z.toJSONSchema(scheduleSchema, { io: 'input', target: 'draft-7' }) as Node, ''),
    title: 'Multigrid schedule',
    allowComments: true,
    allowTrailingCommas: true,
  }
}

function helped(node: Node, key: string): Node {
  const { properties } = node
  return {
    ...node,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [
          name,
          helped(child, key === '' ? name : `${key}.${name}`),
        ]),
      ),
    }),
    ...schemaHelp[key],
  }
}
