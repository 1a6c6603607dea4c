import type { BatchToHost, HostToBatch } from '../src/protocol/batchPage'

declare function acquireVsCodeApi(): { postMessage: (message: BatchToHost) => void }

const host = acquireVsCodeApi()

window.addEventListener('message', ({ data }: MessageEvent<HostToBatch>) => {
  const picture = URL.createObjectURL(new Blob([data.png], { type: 'image/png' }))
  for (const strip of document.querySelectorAll<HTMLImageElement>('.strip')) strip.src = picture
})

document.addEventListener('click', ({ target }) => {
  const row = target instanceof HTMLElement ? target.dataset['row'] : undefined
  if (row !== undefined) host.postMessage({ type: 'open', row: Number(row) })
})

host.postMessage({ type: 'ready' })
