import * as vscode from 'vscode'

const scheme = 'multigrid-text'

/** Pages of Markdown that are read and not edited; one that is shown again is brought up to date. */
export class TextPages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>()
  private readonly registration: vscode.Disposable
  private readonly texts = new Map<string, string>()

  readonly onDidChange = this.changed.event

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this)
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.toString()) ??
      `${vscode.l10n.t('This page is of an earlier window. The command that made it makes it anew.')}\n`
    )
  }

  /** `title` is the page's tab; pages of one title are told apart by `of`. */
  async show({ of, title, text }: { of: string; title: string; text: string }): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${of}/${title}.md` })
    this.texts.set(uri.toString(), text)
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
