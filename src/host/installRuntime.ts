import * as vscode from 'vscode'
import { runtimeFolder } from '../runtime/folder'
import { installRuntime } from '../runtime/install'
import { installPlan } from '../runtime/installPlan'
import { runProgram } from '../runtime/runProgram'

/** Shows what would be fetched, and does so when asked to; false when not. */
export async function askAndInstall(log: vscode.LogOutputChannel): Promise<boolean> {
  const plan = await installPlan({ env: process.env, run: runProgram })
  const install = 'Install'
  const answer = await vscode.window.showInformationMessage(
    'Install the TensorFlow runtime?',
    { modal: true, detail: [...plan, `Into ${runtimeFolder()}.`].join('\n\n') },
    install,
  )
  if (answer !== install) return false
  await installWithProgress(log)
  return true
}

/** Installs the TensorFlow runtime into the per-user folder, with progress, a log, and a way to cancel. */
async function installWithProgress(log: vscode.LogOutputChannel): Promise<void> {
  const runtime = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: 'Installing the TensorFlow runtime',
      cancellable: true,
    },
    async (progress, token) => {
      const abort = new AbortController()
      token.onCancellationRequested(() => abort.abort())
      return installRuntime({
        folder: runtimeFolder(),
        signal: abort.signal,
        log: (line) => {
          log.info(line)
          progress.report({ message: line })
        },
      })
    },
  )
  void vscode.window.showInformationMessage(`Multigrid will train with ${runtime.backend}: ${runtime.reason}`)
}
