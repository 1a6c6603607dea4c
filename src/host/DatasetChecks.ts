import { availableParallelism } from 'node:os'
import path from 'node:path'
import * as vscode from 'vscode'
import { loadConfig } from '../config/load'
import { checkDataset } from '../data/check/checkDataset'
import type { CheckProgress, Checked } from '../data/check/checkDataset'
import { indexFile } from '../data/check/CheckIndex'
import { datasetReport } from '../data/check/datasetReport'
import type { DatasetReport } from '../data/check/datasetReport'
import { progressWords, stoppedWords } from '../data/check/progressWords'
import { reportMarkdown } from '../data/check/reportMarkdown'
import { readDataset } from '../data/dataset'
import type { Dataset } from '../data/dataset'
import { ffmpegFromSettings, saveIfDirty } from './startRun'
import { say, withoutLinks } from './say'

/** Checks the data of schedules, and shows what it has found as a document that cannot be edited. */
export class DatasetChecks implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private static readonly scheme = 'multigrid-dataset'

  private readonly changed = new vscode.EventEmitter<vscode.Uri>()
  private readonly provider = vscode.workspace.registerTextDocumentContentProvider(DatasetChecks.scheme, this)
  private readonly reports = new Map<string, string>()

  readonly onDidChange = this.changed.event

  /** Resolves when the report is shown, or the check was cancelled; problems are told without waiting for an answer. */
  async check(schedule: vscode.Uri): Promise<void> {
    await saveIfDirty(schedule)
    const { config } = loadConfig(schedule.fsPath)
    const ffmpeg = await ffmpegFromSettings()
    const dataset = await readDataset(config.data)
    const checked = await withProgress(path.basename(schedule.fsPath), {
      dataset,
      ffmpeg: ffmpeg.path,
      workers: config.data.workers === 'auto' ? availableParallelism() : config.data.workers,
      index: indexFile(schedule.fsPath),
    })
    if (!checked) return
    const report = datasetReport({ dataset, checked, config })
    await this.show(schedule, reportMarkdown(report, `Data of ${path.basename(schedule.fsPath)}`))
    if (report.fine) return
    const open = vscode.l10n.t('Open Report')
    void say.warning(problemWords(report), open).then((answer) => {
      if (answer === open) void preview(this.uriOf(schedule))
    })
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.reports.get(uri.toString()) ??
      'This report is of an earlier window. *Multigrid: Check Dataset* makes it again at once: what was read is kept.\n'
    )
  }

  dispose(): void {
    this.provider.dispose()
    this.changed.dispose()
  }

  private async show(schedule: vscode.Uri, text: string): Promise<void> {
    const uri = this.uriOf(schedule)
    this.reports.set(uri.toString(), text)
    this.changed.fire(uri)
    await preview(uri)
  }

  /** One document for each schedule, which a second check brings up to date. */
  private uriOf(schedule: vscode.Uri): vscode.Uri {
    return vscode.Uri.from({
      scheme: DatasetChecks.scheme,
      path: schedule.path.replace(/(\.multigrid)?\.json$/, ' data.md'),
    })
  }
}

function preview(uri: vscode.Uri): Thenable<unknown> {
  return vscode.commands.executeCommand('markdown.showPreview', uri)
}

/** Undefined when the person has cancelled it; what was read by then is told, and kept. */
async function withProgress(
  name: string,
  work: { dataset: Dataset; ffmpeg: string; workers: number; index: string },
): Promise<Checked | undefined> {
  const abort = new AbortController()
  let now: CheckProgress | undefined
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: withoutLinks(`Checking the data of ${name}`),
        cancellable: true,
      },
      (progress, token) => {
        token.onCancellationRequested(() => abort.abort())
        let shown = 0
        return checkDataset({
          ...work,
          quick: false,
          signal: abort.signal,
          onProgress: (next) => {
            now = next
            const percent = Math.floor(100 * next.share)
            progress.report({ message: `${percent} % · ${progressWords(next)}`, increment: percent - shown })
            shown = percent
          },
        })
      },
    )
  } catch (error) {
    if (!abort.signal.aborted) throw error
    void say.information(vscode.l10n.t('{0} The next check goes on from there.', stoppedWords(now)))
    return undefined
  }
}

function problemWords({ unreadable, steps, clips, training }: DatasetReport): string {
  const words = []
  if (!steps.enough) {
    words.push(
      vscode.l10n.t(
        'data.train has {0} clips, and training needs at least {1}: some epochs would have no step.',
        clips.train,
        steps.fewest,
      ),
    )
  }
  for (const split of ['train', 'val'] as const) {
    const bad = unreadable.filter((fault) => fault.split === split).length
    if (bad === 0) continue
    words.push(
      training[split] === 'stops'
        ? vscode.l10n.t(
            'data.{0}: {1} of {2} clips cannot be read, too many to train.',
            split,
            bad,
            clips[split],
          )
        : vscode.l10n.t('data.{0}: {1} of {2} clips cannot be read.', split, bad, clips[split]),
    )
  }
  return words.join(' ')
}
