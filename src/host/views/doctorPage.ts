import type { DoctorButton } from '../../protocol/doctorPage'

/** The page without its rows, which the script fills in; `tools` are for the whole of it. */
export function doctorPage(what: {
  title: string
  tools: readonly DoctorButton[]
  script: string
  style: string
  /** Where the editor serves them from. */
  source: string
  nonce: string
}): string {
  const { title, tools, script, style, source, nonce } = what
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}`
  const buttons = tools.map(
    ({ action, label }) => `<button type="button" data-action="${action}">${label}</button>`,
  )
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${style}">
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
<p id="summary" role="status"></p>
<div class="toolbar">${buttons.join('')}</div>
<ol id="rows" role="list"></ol>
</main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`
}
