import type { PageAssets } from './batchPage'

/** The frame of the page that compares runs; its script asks for what to show. */
export function comparePage({ script, style, source, nonce }: PageAssets): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source} 'nonce-${nonce}'`
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${style}">
<title>Compare Runs</title>
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`
}
