import type { ScheduleFile } from '../schema'
import { keys } from './keys'
import { isRecord } from '../isRecord'

const comments: Readonly<Record<string, string>> = {
  ...Object.fromEntries(keys.map(({ theirs, ours }) => [ours.join('.'), theirs])),
  'data.train': 'DATA.PATH_TO_DATA_DIR, TRAIN.DATASET',
  'data.val': 'DATA.PATH_TO_DATA_DIR, TRAIN.DATASET',
  'data.root': 'DATA.PATH_PREFIX',
  'data.multiLabel': 'DATA.MULTI_LABEL',
  'model.arch': 'MODEL.ARCH',
  'model.depth': 'RESNET.DEPTH',
  'model.nonLocal': 'NONLOCAL',
  'model.norm': 'BN',
  'train.policy': 'SOLVER.LR_POLICY',
  'train.steps': 'SOLVER.STEPS',
  'train.rates': 'SOLVER.LRS',
  'train.warmup': 'SOLVER.WARMUP_EPOCHS, SOLVER.WARMUP_START_LR',
}

/** An imported schedule as the text of a schedule file: a key a line, each with where it comes from. */
export function scheduleText(schedule: ScheduleFile, from: string): string {
  const sections = Object.entries(schedule).map(([section, value]) =>
    isRecord(value)
      ? `  "${section}": {\n${members(section, value)}\n  }`
      : `  "${section}": ${JSON.stringify(value)}`,
  )
  return `{\n  // Imported from ${oneLine(from)}; each comment names the key that a value comes from.\n${sections.join(',\n')}\n}\n`
}

function members(section: string, values: Record<string, unknown>): string {
  const entries = Object.entries(values)
  const width = Math.max(...entries.map(([key, value]) => member(key, value).length)) + 1
  return entries
    .map(([key, value], index) => {
      const text = `${member(key, value)}${index < entries.length - 1 ? ',' : ''}`
      const comment = comments[`${section}.${key}`]
      return `    ${comment === undefined ? text : `${text.padEnd(Math.min(width, commentColumn))} // ${comment}`}`
    })
    .join('\n')
}

const commentColumn = 44

function member(key: string, value: unknown): string {
  return `"${key}": ${spaced(value)}`
}

/** JSON on one line, with a blank after each comma and colon and inside braces. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (!isRecord(value)) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, one]) => member(key, one))
    .join(', ')} }`
}

/** A file's name cannot end the comment that it stands in. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ')
}
