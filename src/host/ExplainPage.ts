import * as vscode from 'vscode'
import type { AttachedRun } from '../run/AttachedRun'
import { explainRun } from '../run/explainRun'

const scheme = 'multigrid-explain'

/** A page that says why a run waits for data, as Markdown that is read and not edited; asked for again, it is measured anew. */
export class ExplainPage implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>()
  private readonly registration: vscode.Disposable
  private readonly texts = new Map<string, string>()

  readonly onDidChange = this.changed.event

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this)
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? 'Use _Multigrid: Explain Waiting for Data_ to measure it anew.\n'
  }

  async show(run: AttachedRun): Promise<void> {
    const { id } = run.record
    const uri = vscode.Uri.from({ scheme, path: `/${id}/Waiting for Data.md` })
    this.texts.set(uri.toString(), explainRun(run.folder, run.history))
    this.changed.fire(uri)
    // Its commands are listed only once it is active, which the first of them makes it.
    if (vscode.extensions.getExtension('vscode.markdown-language-features')) {
      await vscode.commands.executeCommand('markdown.showPreview', uri)
    } else await vscode.window.showTextDocument(uri, { preview: true })
  }

  dispose(): void {
    this.registration.dispose()
    this.changed.dispose()
  }
}
