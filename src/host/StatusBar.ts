import * as vscode from 'vscode'
import { oneLine } from '../run/oneLine'
import { inputBoundWords, stateWord } from '../run/words'
import type { RunPhase } from '../protocol/view'
import type { Runs } from './Runs'

const updateEveryMs = 500

const icons: Readonly<Record<RunPhase, string>> = {
  connecting: '$(sync~spin)',
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

/** The timeline in one line, while there is a run to speak of; a click shows the timeline. */
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
    const { state, reason, name, now } = run.history.current
    this.item.text = `${icons[state]} ${oneLine(run.history.current)}`
    const waiting = state === 'running' ? inputBoundWords(now) : undefined
    this.item.tooltip = [`${name}: ${stateWord(state)}`, waiting && `It is ${waiting}`, reason]
      .filter(Boolean)
      .join('. ')
    this.item.backgroundColor =
      state === 'failed' || state === 'gone'
        ? new vscode.ThemeColor('statusBarItem.errorBackground')
        : undefined
    this.item.show()
  }
}
