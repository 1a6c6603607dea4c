import * as z from 'zod'
import { scheduleSchema } from './schema'

/** The JSON Schema of a schedule file, in the draft that VS Code's editor knows best. */
export function jsonSchema(): object {
  return {
    ...z.toJSONSchema(scheduleSchema, { io: 'input', target: 'draft-7' }),
    title: 'Multigrid schedule',
    allowComments: true,
    allowTrailingCommas: true,
  }
}
