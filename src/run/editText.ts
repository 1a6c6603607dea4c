import { stepWork } from '../config/stepWork'
import type { Config } from '../config/schema'
import type { EditView } from '../protocol/view'
import { comparePlans } from '../schedule/comparePlans'
import { clipsSeen } from '../schedule/iterations'
import { duration } from '../schedule/words'

/** An edit of a run as Markdown: what changes, from when, what it costs, and both schedules side by side. */
export function editText(options: {
  name: string
  edit: EditView
  planned: Config
  edited: Config
  /** Training clips of the run, where it has counted them. */
  clips?: number | undefined
}): string {
  const { name, edit, planned, edited, clips } = options
  const compared = comparePlans(
    [
      { name: 'planned', settings: planned },
      { name: 'edited', settings: edited },
    ],
    {
      color: false,
      width: 100,
      work: { cost: stepWork(edited), unit: 'multiply-adds' },
      ...(clips !== undefined && { clips: clipsSeen(clips, edited.engine.devices) }),
    },
  )
  return [
    `# ${plain(name)}: the edited schedule`,
    whenWords(edit),
    edit.changes.map((change) => `- \`${change.replaceAll('`', "'")}\``).join('\n'),
    `\`\`\`\n${compared.trimEnd()}\n\`\`\``,
    '',
  ].join('\n\n')
}

/** `It can hold from epoch 13. Time left: 2 h 10 min → 1 h 40 min.` */
export function whenWords(edit: EditView): string {
  if (edit.state === 'refused') return `It cannot hold: ${edit.reason}`
  const epoch = Number(edit.fromEpoch.toFixed(2))
  const when =
    edit.state === 'waits'
      ? `It holds from epoch ${epoch}.`
      : Number.isInteger(edit.fromEpoch)
        ? `It can hold from epoch ${epoch}.`
        : `It can hold at once, from epoch ${epoch}.`
  if (!edit.outcome) return when
  const { secondsLeft, secondsLeftBefore } = edit.outcome
  const [before, after] = [duration(secondsLeftBefore), duration(secondsLeft)]
  return before === after
    ? `${when} Time left stays at ${after}.`
    : `${when} Time left: ${before} → ${after}.`
}

/** A name may be markup. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|&]/g, '\\$&')
}
