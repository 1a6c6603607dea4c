import * as vscode from 'vscode'
import { HumanError } from '../HumanError'
import { runtimeFolder } from '../runtime/folder'
import { installRuntime } from '../runtime/install'
import type { Installed } from '../runtime/install'
import { installPlan } from '../runtime/installPlan'
import type { InstallProgress } from '../runtime/InstallSteps'
import { runProgram } from '../runtime/runProgram'
import { say } from './say'

/** Shows what would be fetched, and does so when asked to; false when not, or when nothing came of it. */
export async function askAndInstall(log: vscode.LogOutputChannel): Promise<boolean> {
  const plan = await installPlan({ env: process.env, run: runProgram })
  const install = vscode.l10n.t('Install')
  const detail = [...plan, vscode.l10n.t('Into {0}.', runtimeFolder())].join('\n\n')
  const answer = await say.modal(vscode.l10n.t('Install the TensorFlow runtime?'), detail, install)
  return answer === install && installWithProgress(log)
}

/** Installs the TensorFlow runtime into the per-user folder and tells what came of it; whether there is one now. */
async function installWithProgress(log: vscode.LogOutputChannel): Promise<boolean> {
  const abort = new AbortController()
  try {
    const runtime = await underProgress(log, abort)
    tellInstalled(runtime, log)
    return true
  } catch (error) {
    if (abort.signal.aborted) {
      const cancelled = vscode.l10n.t('Multigrid: the install was cancelled; nothing was changed')
      vscode.window.setStatusBarMessage(cancelled, 10_000)
      return false
    }
    const { message, stack } = error as Error
    log.error(error instanceof HumanError ? message : (stack ?? message))
    void offerAgain('error', vscode.l10n.t('TensorFlow could not be installed: {0}', message), log)
    return false
  }
}

function underProgress(log: vscode.LogOutputChannel, abort: AbortController): Thenable<Installed> {
  const title = vscode.l10n.t('Installing the TensorFlow runtime')
  const location = vscode.ProgressLocation.Notification
  return vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
    token.onCancellationRequested(() => abort.abort())
    let doing = ''
    let now: InstallProgress | undefined
    let shown = 0
    const show = (): void => {
      const increment = 100 * ((now?.share ?? 0) - shown)
      shown = now?.share ?? 0
      progress.report({ message: progressWords(doing, now), increment })
    }
    return installRuntime({
      folder: runtimeFolder(),
      nodeSetting: vscode.workspace.getConfiguration('multigrid').get<string>('nodePath') || undefined,
      signal: abort.signal,
      log(line) {
        log.info(line)
        doing = line
        show()
      },
      detail: (text) => log.warn(text),
      progress(step) {
        now = step
        show()
      },
    })
  })
}

/** "Step 2 of 4: Fetching …, 120 of 270 MB" */
function progressWords(doing: string, now: InstallProgress | undefined): string {
  if (!now) return doing
  const step = vscode.l10n.t('Step {0} of {1}: {2}', now.step, now.steps, doing)
  const { fetched } = now
  if (!fetched || fetched.total === 0) return step
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)
  const bytes = vscode.l10n.t('{0} of {1} MB', megabytes(fetched.done), megabytes(fetched.total))
  if (fetched.files === 1) return `${step}, ${bytes}`
  return `${step}, ${vscode.l10n.t('file {0} of {1}', fetched.file, fetched.files)}, ${bytes}`
}

function tellInstalled(runtime: Installed, log: vscode.LogOutputChannel): void {
  const { backend, reason, kept } = runtime
  if (kept !== undefined) {
    const told = vscode.l10n.t(
      'No new TensorFlow could be installed: {0}. The one that was there is kept.',
      kept,
    )
    void offerAgain('warning', told, log)
  } else if (backend === 'wasm') {
    const told = vscode.l10n.t(
      'TensorFlow could not be installed: {0}. Multigrid will train with WebAssembly, many times slower.',
      reason,
    )
    void offerAgain('warning', told, log)
  } else {
    void say.information(vscode.l10n.t('Multigrid will train with {0}: {1}', backend, reason))
  }
}

async function offerAgain(
  how: 'error' | 'warning',
  message: string,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const [showLog, again] = [vscode.l10n.t('Show Log'), vscode.l10n.t('Try Again')]
  const answer = await say[how](message, showLog, again)
  if (answer === showLog) log.show()
  if (answer === again) await installWithProgress(log)
}
