import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import { doctorToHost } from '../../protocol/doctorPage'
import type { DoctorAction } from '../../protocol/doctorPage'
import { diagnose } from '../../runtime/doctor'
import { doctorReport, withoutSecrets } from '../../runtime/doctorReport'
import { surroundings } from '../surroundings'
import { doctorMessage, doctorTools } from './doctorMessage'
import type { Findings } from './doctorMessage'
import { doctorPage } from './doctorPage'

type Command = Exclude<DoctorAction, 'checkAgain' | 'copyReport'>

const commands: Readonly<Record<Command, readonly [command: string, ...args: string[]]>> = {
  installRuntime: ['multigrid.installRuntime'],
  chooseNode: ['multigrid.chooseNode'],
  chooseFfmpeg: ['multigrid.chooseFfmpeg'],
  newSchedule: ['multigrid.newSchedule'],
  manageTrust: ['workbench.trust.manage'],
  openSettings: ['workbench.action.openSettings', '@ext:multigrid.multigrid'],
}

/** An editor tab that says what this machine has and lacks, and does something about it. Closing it ends what it tries out. */
export class DoctorPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  static readonly id = 'multigrid.doctor'

  private panel: vscode.WebviewPanel | undefined
  private findings: Findings = {}
  private checking: AbortController | undefined
  private readonly subscriptions: vscode.Disposable[]

  constructor(private readonly extension: vscode.Extension<unknown>) {
    const again = (): void => void this.check()
    this.subscriptions = [
      vscode.workspace.onDidGrantWorkspaceTrust(again),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('multigrid')) again()
      }),
    ]
  }

  show(): void {
    if (this.panel) this.panel.reveal()
    else {
      const title = vscode.l10n.t('Multigrid: Doctor')
      this.adopt(vscode.window.createWebviewPanel(DoctorPanel.id, title, vscode.ViewColumn.Active))
    }
    void this.check()
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.panel?.dispose()
    this.adopt(panel)
    void this.check()
    return Promise.resolve()
  }

  /** Looks at everything once more, if the tab is open; what was under way is given up. */
  async check(): Promise<void> {
    if (!this.panel) return
    this.checking?.abort()
    const abort = new AbortController()
    this.checking = abort
    this.findings = {}
    this.post()
    await diagnose(surroundings(abort.signal), (finding) => {
      this.findings = { ...this.findings, [finding.id]: finding }
      this.post()
    })
  }

  dispose(): void {
    this.panel?.dispose()
    for (const subscription of this.subscriptions) subscription.dispose()
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel
    const { webview } = panel
    const { extensionUri } = this.extension
    webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')],
    }
    const asset = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString()
    webview.onDidReceiveMessage((raw: unknown) => void this.receive(raw))
    panel.onDidDispose(() => {
      if (this.panel !== panel) return
      this.checking?.abort()
      this.panel = undefined
    })
    webview.html = doctorPage({
      title: vscode.l10n.t('Multigrid: Doctor'),
      tools: doctorTools(),
      script: asset('doctor.js'),
      style: asset('doctor-style.css'),
      source: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
    })
  }

  private post(): void {
    void this.panel?.webview.postMessage(doctorMessage(this.findings))
  }

  private async receive(raw: unknown): Promise<void> {
    const message = doctorToHost.safeParse(raw)
    if (!message.success) return
    if (message.data.type === 'ready') this.post()
    else await this.act(message.data.action)
  }

  private async act(action: DoctorAction): Promise<void> {
    if (action === 'copyReport') {
      await vscode.env.clipboard.writeText(this.report())
      vscode.window.setStatusBarMessage(vscode.l10n.t('Multigrid: copied the report'), 5000)
      return
    }
    if (action !== 'checkAgain') {
      const [command, ...args] = commands[action]
      await vscode.commands.executeCommand(command, ...args)
      // Only these change what was found, and tell nobody.
      if (action !== 'installRuntime' && action !== 'newSchedule') return
    }
    await this.check()
  }

  private report(): string {
    const { version } = this.extension.packageJSON as { version: string }
    const remote = vscode.env.remoteName === undefined ? '' : `, ${vscode.env.remoteName}`
    const where = `VS Code ${vscode.version}, ${process.platform} ${process.arch}${remote}`
    const findings = Object.values(this.findings)
    return withoutSecrets(`Multigrid ${version}, ${where}\n\n${doctorReport(findings)}`)
  }
}
