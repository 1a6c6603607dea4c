import * as vscode from 'vscode'
import { HumanError } from './HumanError'
import { registerScheduleText } from './host/editor/registerScheduleText'
import { newSchedule } from './host/newSchedule'
import { PlannedRun } from './host/PlannedRun'
import { registerCommands } from './host/registerCommands'
import type { Action } from './host/registerCommands'
import { isEditedSchedule } from './host/schedules'
import { previewAction, Previews } from './host/views/Previews'
import { TimelineView } from './host/views/TimelineView'
import { RecordedRuns } from './host/web/RecordedRuns'

/** The extension where there is no process to start: in the browser, schedules are edited and runs are looked at. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Multigrid', { log: true })
  const runs = new RecordedRuns()
  const planned = new PlannedRun(runs, isEditedSchedule)
  const timeline = new TimelineView(context.extensionUri, runs, planned, needsDesktop, (message) => {
    if (message.type === 'select') void runs.select(message.run)
    else void vscode.commands.executeCommand(`multigrid.${message.command}`)
  })
  const previews = new Previews({
    extensionUri: context.extensionUri,
    measured: () => Promise.resolve(undefined),
    onDidChangeRuns: runs.onDidChange,
    obstacle: needsDesktop,
    onStart: (schedule) => void vscode.commands.executeCommand('multigrid.start', schedule),
  })
  const actions: Record<string, Action> = {
    preview: previewAction(previews),
    newSchedule,
    openSchedule: async () => {
      const [first] = runs.schedules
      if (!first) throw new HumanError(vscode.l10n.t('There is no schedule file (*.multigrid.json) here.'))
      await vscode.window.showTextDocument(first)
    },
    showTimeline: async () => vscode.commands.executeCommand('multigrid.timeline.focus'),
  }
  context.subscriptions.push(
    log,
    runs,
    planned,
    timeline,
    previews,
    vscode.window.registerWebviewPanelSerializer(Previews.id, previews),
    ...registerScheduleText(),
    vscode.window.registerWebviewViewProvider(TimelineView.id, timeline),
    ...registerCommands({ ...refusals(context.extension), ...actions }, log),
  )
  void runs.refresh()
}

function needsDesktop(): string {
  return vscode.l10n.t(
    'Training needs a desktop or remote window; here, schedules are edited and previewed, and runs on record are shown.',
  )
}

/** Every command that the extension contributes says why it does nothing here, unless it does. */
function refusals({ packageJSON }: vscode.Extension<unknown>): Record<string, Action> {
  const { contributes } = packageJSON as { contributes: { commands: readonly { command: string }[] } }
  const refuse = (): Promise<never> => Promise.reject(new HumanError(needsDesktop()))
  return Object.fromEntries(
    contributes.commands.map(({ command }) => [command.replace('multigrid.', ''), refuse]),
  )
}
