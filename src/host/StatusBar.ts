import * as vscode from 'vscode'
import { oneLine } from '../run/oneLine'
import { stateWord } from '../run/words'
import type { RunPhase } from '../protocol/view'
import type { AttachedRun } from '../run/AttachedRun'
import type { Runs } from './Runs'
import { withoutIcons } from './say'

const updateEveryMs = 500

const icons: Readonly<Record<RunPhase, string>> = {
  connecting: '$(sync~spin)',
  elsewhere: '$(remote)',
  starting: '$(loading~spin)',
  running: '$(pulse)',
  holding: '$(debug-pause)',
  held: '$(debug-pause)',
  releasing: '$(debug-disconnect)',
  released: '$(debug-disconnect)',
  stopping: '$(debug-stop)',
  stopped: '$(debug-stop)',
  finished: '$(pass)',
  failed: '$(error)',
  gone: '$(error)',
}

type Steering = 'hold' | 'resume' | 'release' | 'checkpoint' | 'stop'

/** What a person may want of a run in its state, as in the timeline. */
const steering: Partial<Record<RunPhase, readonly Steering[]>> = {
  starting: ['stop'],
  running: ['hold', 'checkpoint', 'release', 'stop'],
  holding: ['resume', 'stop'],
  held: ['resume', 'release', 'stop'],
  released: ['resume'],
  stopped: ['resume'],
  failed: ['resume'],
  gone: ['resume'],
}

/**
 * The run that is looked at in one line, and how many others train, while there is a run to speak of. A click shows the
 * timeline; the tooltip has each of these runs with what can be done with it.
 */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'multigrid.status',
    vscode.StatusBarAlignment.Left,
    50,
  )
  private readonly subscriptions: vscode.Disposable[]
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly runs: Runs) {
    this.item.name = 'Multigrid Training'
    this.item.command = 'multigrid.showTimeline'
    this.subscriptions = [
      runs.onDidChange(() => this.draw()),
      runs.onDidProgress((run) => {
        if (run === runs.selected) this.timer ??= setTimeout(() => this.draw(), updateEveryMs)
      }),
    ]
  }

  dispose(): void {
    clearTimeout(this.timer)
    for (const part of [...this.subscriptions, this.item]) part.dispose()
  }

  private draw(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const run = this.runs.selected
    if (!run) {
      this.item.hide()
      return
    }
    const others = this.runs.live().filter((one) => one !== run)
    const { state } = run.history.current
    const more = others.length > 0 ? ` · +${others.length}` : ''
    this.item.text = `${icons[state]} ${withoutIcons(oneLine(run.history.current))}${more}`
    const shown = tooltip([run, ...others])
    // One that is the same is not set anew: it may be under the pointer.
    if (!(this.item.tooltip instanceof vscode.MarkdownString) || this.item.tooltip.value !== shown.value)
      this.item.tooltip = shown
    this.item.backgroundColor =
      state === 'failed' || state === 'gone'
        ? new vscode.ThemeColor('statusBarItem.errorBackground')
        : undefined
    this.item.show()
  }
}

/** Says no number of the moment, so that it stays while it is read. */
function tooltip(runs: readonly AttachedRun[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true)
  text.isTrusted = { enabledCommands: Object.keys(steeringWords()).map((name) => `multigrid.${name}`) }
  for (const { folder, record, history } of runs) {
    const { state, reason, name, now } = history.current
    const waiting = state === 'running' && now?.inputBound
    const words = [stateWord(state), waiting && 'input-bound', reason].filter(Boolean).join('. ')
    text.appendMarkdown('**').appendText(withoutIcons(name)).appendMarkdown('**: ')
    text.appendText(withoutIcons(words).replace(/\s+/g, ' ')).appendMarkdown('\n\n')
    const links = (steering[state] ?? []).map((action) => link(action, { runId: record.id, folder }))
    if (links.length > 0) text.appendMarkdown(`${links.join(' &nbsp; ')}\n\n`)
  }
  return text
}

function link(action: Steering, run: { runId: string; folder: string }): string {
  const argument = encodeURIComponent(JSON.stringify([run])).replace(/[()]/g, (c) =>
    c === '(' ? '%28' : '%29',
  )
  return `[${steeringWords()[action]}](command:multigrid.${action}?${argument})`
}

const steeringWords = (): Record<Steering, string> => ({
  hold: `$(debug-pause) ${vscode.l10n.t('Pause')}`,
  resume: `$(debug-continue) ${vscode.l10n.t('Resume')}`,
  release: `$(debug-disconnect) ${vscode.l10n.t('Pause and Free the GPU')}`,
  checkpoint: `$(save) ${vscode.l10n.t('Checkpoint')}`,
  stop: `$(debug-stop) ${vscode.l10n.t('Stop')}`,
})
