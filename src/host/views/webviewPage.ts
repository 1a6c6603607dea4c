import * as vscode from 'vscode'
import { newNonce } from './newNonce'

/** A page that one bundle of dist draws: `webview` is the timeline, in the sidebar and beside a schedule. */
export function webviewPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  bundle: 'webview' | 'doctor' = 'webview',
): string {
  const nonce = newNonce()
  const asset = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString()
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource} 'nonce-${nonce}'`
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${asset(`${bundle}-style.css`)}">
<title>Multigrid</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${asset(`${bundle}.js`)}"></script>
</body>
</html>`
}
