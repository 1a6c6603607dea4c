import { css, inkOn, mix } from '../colour'
import type { Colour } from '../colour'
import type { Theme } from '../theme'
import type { Scene } from './Lane'
import { gridBlocks, headroom, sizeMarks } from './gridLane'
import type { Block, Box } from './gridLane'
import { paintStages } from './paintStages'
import { fill, hatch, outline } from './surface'

/** Blocks of the phases: planned pale, done solid, hatched where a step's shape was not the planned one. */
export function paintGrid(pen: CanvasRenderingContext2D, scene: Scene, height: number): void {
  const { run, range, width, theme } = scene
  if (!run.plan) return
  const measure = (text: string) => pen.measureText(text).width
  const clips = run.info?.clips.train
  const blocks = gridBlocks({ plan: run.plan, spans: run.spans, clips, range, width, height, measure })
  const paint = theme.highContrast ? paintPatterned : paintShaded
  for (const block of blocks) {
    paint(pen, block, theme)
    if (block.fineTune) paintFineTune(pen, block.box, theme, measure)
  }
  paintStages(pen, scene, height)
  pen.textBaseline = 'middle'
  pen.textAlign = 'right'
  pen.fillStyle = css(theme.muted)
  for (const { size, y } of sizeMarks(run.plan, height)) pen.fillText(`${size}²`, -4, y + 4)
}

function paintShaded(pen: CanvasRenderingContext2D, block: Block, theme: Theme): void {
  const solid = mix(theme.background, theme.blue, 0.45 + 0.5 * block.shade)
  const pale = mix(theme.background, solid, 0.26)
  paintLayer(pen, block, { box: block.box, colour: pale, hatched: false }, theme)
  outline(pen, { ...block.box, width: block.box.width - 1 }, mix(theme.background, solid, 0.55))
  for (const box of block.done) paintLayer(pen, block, { box, colour: solid, hatched: false }, theme)
  for (const box of block.mismatch) paintLayer(pen, block, { box, colour: solid, hatched: true }, theme)
  // A seam, so that neighbours of one height stay two blocks.
  fill(pen, { ...block.box, x: block.box.x + block.box.width - 1, width: 1 }, theme.background)
}

interface Layer {
  readonly box: Box
  readonly colour: Colour
  readonly hatched: boolean
}

/** The block, the bands nested in it and their labels, as far as they lie in the layer's box. */
function paintLayer(
  pen: CanvasRenderingContext2D,
  block: Block,
  { box, colour, hatched }: Layer,
  theme: Theme,
): void {
  const toned = (depth: number) => mix(colour, theme.background, 0.14 * depth)
  pen.save()
  pen.beginPath()
  pen.rect(box.x, box.y, box.width, box.height)
  pen.clip()
  if (!block.steps.length) fill(pen, block.box, colour)
  for (const step of block.steps) fill(pen, { ...step.box, width: step.box.width - 1 }, colour)
  block.bands.forEach((band, index) => {
    const tone = toned(index + 1)
    fill(pen, band.box, tone)
    fill(pen, { ...band.box, height: 1 }, mix(tone, theme.foreground, 0.35))
  })
  if (hatched) hatch(pen, box, theme.yellow, 6, 2)
  for (const { label, room, depth } of labelsOf(block)) {
    const paper = toned(depth)
    const ink = inkOn(paper, theme.foreground, theme.background)
    paintText(pen, label, room, { ink, ...((hatched || !label.turned) && { rim: paper }) })
  }
  pen.restore()
}

/** Done is hatched, the closer the more frames, with a drawn border; planned is empty, with a dashed one. */
function paintPatterned(pen: CanvasRenderingContext2D, block: Block, theme: Theme): void {
  const done = [...block.done, ...block.mismatch]
  const bars = block.steps.length ? block.steps : [block]
  for (const { box } of bars) {
    for (const trained of done) hatch(pen, overlap(box, trained), theme.blue, 4 + 8 * (1 - block.shade), 1.5)
  }
  for (const box of block.mismatch) hatch(pen, { ...box, height: box.height / 2 }, theme.yellow, 5, 2.5)
  for (const band of block.bands) outline(pen, band.box, theme.foreground, [2, 2])
  for (const { box } of bars) outline(pen, box, theme.line, [3, 3])
  for (const { box } of bars)
    for (const trained of done) outline(pen, overlap(box, trained), theme.foreground)
  for (const { label, room } of labelsOf(block)) {
    fill(pen, plate(pen, label, room), theme.background)
    paintText(pen, label, room, { ink: theme.foreground })
  }
}

/** The part of a box under a stretch of the axis. */
function overlap(box: Box, { x, width }: Box): Box {
  const from = Math.max(box.x, x)
  return { ...box, x: from, width: Math.max(0, Math.min(box.x + box.width, x + width) - from) }
}

type Label = NonNullable<Block['label']>

/** Every label of a block with the room that it is centred in, and how many bands lie under it. */
function labelsOf({ box, label, bands, steps }: Block): { label: Label; room: Box; depth: number }[] {
  if (steps.length) {
    return steps.flatMap((step) =>
      step.label ? [{ label: { text: step.label, turned: true }, room: step.box, depth: 0 }] : [],
    )
  }
  const nest = [
    { box, label },
    ...bands.map((band) => ({ box: band.box, label: band.label && { text: band.label, turned: false } })),
  ]
  return nest.flatMap(({ box: outer, label: written }, depth) => {
    if (!written) return []
    if (written.turned) return [{ label: written, room: outer, depth: bands.length }]
    return [
      {
        label: written,
        room: { ...outer, height: outer.height - (nest[depth + 1]?.box.height ?? 0) },
        depth,
      },
    ]
  })
}

/** Text centred in a box; a rim of its paper keeps lines and hatching off it. */
function paintText(
  pen: CanvasRenderingContext2D,
  { text, turned }: Label,
  box: Box,
  { ink, rim }: { readonly ink: Colour; readonly rim?: Colour },
): void {
  pen.save()
  pen.translate(box.x + box.width / 2, box.y + box.height / 2)
  if (turned) pen.rotate(-Math.PI / 2)
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  if (rim) {
    pen.strokeStyle = css(rim)
    pen.lineWidth = 3
    pen.lineJoin = 'round'
    pen.strokeText(text, 0, 0.5)
  }
  pen.fillStyle = css(ink)
  pen.fillText(text, 0, 0.5)
  pen.restore()
}

function plate(pen: CanvasRenderingContext2D, { text, turned }: Label, box: Box): Box {
  const [long, high] = [pen.measureText(text).width + 4, 12]
  const [width, height] = turned ? [high, long] : [long, high]
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height }
}

function paintFineTune(
  pen: CanvasRenderingContext2D,
  box: Box,
  theme: Theme,
  measure: (text: string) => number,
): void {
  fill(pen, { ...box, y: box.y - 2, height: 2, width: box.width - 1 }, theme.purple)
  const text = 'fine-tune'
  if (measure(text) > box.width || box.y < headroom - 2) return
  pen.textAlign = 'center'
  pen.textBaseline = 'alphabetic'
  pen.fillStyle = css(theme.foreground)
  pen.fillText(text, box.x + box.width / 2, box.y - 4)
}
