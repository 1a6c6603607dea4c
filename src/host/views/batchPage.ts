import path from 'node:path'
import { gap } from '../../data/contactSheet'
import { footageName } from '../../data/footage'
import type { Footage } from '../../data/footage'
import type { ShownBatch, ShownClip } from '../../data/showBatch'

export interface BatchOfRun {
  readonly run: string
  readonly iteration: number
  readonly shown: ShownBatch
}

export interface PageAssets {
  readonly script: string
  readonly style: string
  /** Where the editor serves them from. */
  readonly source: string
  readonly nonce: string
}

/** Frames of fewer pixels are shown at twice their size, those of more at half of it. */
const [small, large] = [100, 160]

/** "Batch of iteration 1234 - 32 × 4 × 79²" */
export function batchTitle({ iteration, shown: { shape } }: BatchOfRun): string {
  return `Batch of iteration ${iteration} - ${shape.batch} × ${shape.frames} × ${shape.size}²`
}

/** A row for each clip: its classes, its file, its frames. The script fetches the picture and opens files. */
export function batchPage(batch: BatchOfRun, { script, style, source, nonce }: PageAssets): string {
  const { run, iteration, shown } = batch
  const { shape, clips } = shown
  const policy = `default-src 'none'; img-src blob:; script-src 'nonce-${nonce}'; style-src ${source} 'nonce-${nonce}'`
  const more = clips.length < shape.batch ? ` Shown are the first ${clips.length}.` : ''
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${style}">
<style nonce="${nonce}">${stripStyles(shown)}</style>
<title>${escaped(batchTitle(batch))}</title>
</head>
<body>
<h1>Batch of iteration ${iteration}</h1>
<p>Run <strong>${escaped(run)}</strong>: ${shape.batch} clips of ${shape.frames} frames, ${shape.size} × ${shape.size} pixels, as the network sees them before normalisation.${more}</p>
<ol role="list">
${clips.map((clip, row) => clipRow(clip, row, shape.frames)).join('\n')}
</ol>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`
}

function clipRow({ footage, classes, inPlaceOf }: ShownClip, row: number, frames: number): string {
  const name = escaped(shortName(footage))
  const instead = inPlaceOf
    ? `<span title="${escaped(footageName(inPlaceOf))}">in place of ${escaped(shortName(inPlaceOf))}, which cannot be read</span>`
    : ''
  return `<li>
<div class="words"><strong>${escaped(classes.join(', ') || 'no class')}</strong>
<button type="button" data-row="${row}" title="${escaped(footageName(footage))}">${name}</button>${instead}</div>
<img class="strip" alt="${frames} frames of ${name}">
</li>`
}

/** Each strip is a window onto its row of the picture. */
function stripStyles({ shape: { frames, size }, clips }: ShownBatch): string {
  const step = size + gap
  const scale = size < small ? 'zoom: 2; image-rendering: pixelated' : size > large ? 'zoom: 0.5' : 'zoom: 1'
  return [
    `.strip { width: ${frames * step - gap}px; height: ${size}px; ${scale}; }`,
    ...clips.map(
      (_, row) => `li:nth-child(${row + 1}) .strip { object-position: -${gap}px -${gap + row * step}px; }`,
    ),
  ].join('\n')
}

/** As `footageName`, without the folders. */
function shortName(footage: Footage): string {
  return footage.kind === 'pictures'
    ? path.basename(footage.folder)
    : footageName({ ...footage, file: path.basename(footage.file) })
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}
