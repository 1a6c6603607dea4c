import path from 'node:path'
import * as vscode from 'vscode'
import { ClipError } from '../../data/clipError'
import type { Footage } from '../../data/footage'
import { listPictures } from '../../data/pictures'
import { showBatch } from '../../data/showBatch'
import { batchToHost } from '../../protocol/batchPage'
import type { HostToBatch } from '../../protocol/batchPage'
import type { AttachedRun } from '../../run/AttachedRun'
import { batchPlace } from '../../run/batchPlace'
import { ffmpegFromSettings } from '../startRun'
import { batchPage, batchTitle } from './batchPage'
import type { BatchOfRun } from './batchPage'
import { newNonce } from './newNonce'
import { say, withoutLinks } from '../say'

/** An editor tab with the batch of an iteration, a row for each clip; the next one takes its place. */
export class BatchPanel implements vscode.Disposable {
  static readonly id = 'multigrid.batch'

  private panel: vscode.WebviewPanel | undefined
  private batch: BatchOfRun | undefined
  private making: AbortController | undefined

  constructor(private readonly extensionUri: vscode.Uri) {}

  /** Of the last iteration on record unless one is named. Resolves when it is shown, or its making was cancelled. */
  async show(run: AttachedRun, iteration?: number): Promise<void> {
    this.making?.abort()
    const abort = new AbortController()
    this.making = abort
    try {
      const batch = await withProgress(run, iteration, abort)
      if (!abort.signal.aborted) this.draw(batch)
    } catch (error) {
      // Cancelled, or another one was asked for meanwhile.
      if (!abort.signal.aborted) throw error
    }
  }

  dispose(): void {
    this.making?.abort()
    this.panel?.dispose()
  }

  private draw(batch: BatchOfRun): void {
    this.batch = batch
    const panel = (this.panel ??= this.open())
    const { webview } = panel
    const asset = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.extensionUri, 'dist', name)).toString()
    panel.title = batchTitle(batch)
    webview.html = batchPage(batch, {
      script: asset('batch.js'),
      style: asset('batch-style.css'),
      source: webview.cspSource,
      nonce: newNonce(),
    })
    panel.reveal()
  }

  private open(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(BatchPanel.id, '', vscode.ViewColumn.Active, {
      enableScripts: true,
      enableFindWidget: true,
      localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, 'dist')],
    })
    panel.webview.onDidReceiveMessage((raw: unknown) => void this.receive(raw))
    panel.onDidDispose(() => {
      this.panel = undefined
      this.batch = undefined
    })
    return panel
  }

  private async receive(raw: unknown): Promise<void> {
    const message = batchToHost.safeParse(raw)
    if (!message.success || !this.batch) return
    const { png, clips } = this.batch.shown
    if (message.data.type === 'ready') {
      // A copy, since a Buffer would arrive as an object of its bytes.
      await this.panel?.webview.postMessage({
        type: 'picture',
        png: new Uint8Array(png),
      } satisfies HostToBatch)
      return
    }
    const clip = clips[message.data.row]
    if (clip) await openFootage(clip.footage)
  }
}

async function withProgress(
  run: AttachedRun,
  iteration: number | undefined,
  abort: AbortController,
): Promise<BatchOfRun> {
  const { signal } = abort
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: withoutLinks(`Reading a batch of ${run.record.name}`),
      cancellable: true,
    },
    async (progress, token) => {
      token.onCancellationRequested(() => abort.abort())
      const place = await batchPlace(run.folder, iteration)
      progress.report({ message: `iteration ${place.iteration}` })
      const ffmpeg = await ffmpegFromSettings()
      signal.throwIfAborted()
      const shown = await showBatch({ ...place, ffmpeg: ffmpeg.path, signal })
      return { run: run.record.name, iteration: place.iteration, shown }
    },
  )
}

/** The video, or the first of the pictures, as the editor shows such files. */
async function openFootage(footage: Footage): Promise<void> {
  try {
    const file =
      footage.kind === 'video' ? footage.file : path.join(footage.folder, (await listPictures(footage))[0]!)
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file))
  } catch (error) {
    if (!(error instanceof ClipError) || footage.kind === 'video') throw error
    void say.error(`${footage.folder}: ${error.reason}.`)
  }
}
