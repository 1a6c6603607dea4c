import * as vscode from 'vscode'
import { runtimeFolder } from '../runtime/folder'
import { installRuntime } from '../runtime/install'

/** Installs the TensorFlow runtime into the per-user folder, with progress, a log, and a way to cancel. */
export async function installWithProgress(log: vscode.LogOutputChannel): Promise<void> {
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
