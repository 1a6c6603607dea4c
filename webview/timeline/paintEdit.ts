import type { Theme } from '../theme'
import type { Scene } from './Lane'
import { editOf } from './edit'
import { paintGrid } from './paintGrid'
import { plannedLine } from './rateLane'
import type { RateScale } from './rateLane'
import { toPixel } from './scale'
import { fill, stroke } from './surface'

/** The grid as it was edited; what is trained by the schedule of now lies under a veil. */
export function paintEditedGrid(pen: CanvasRenderingContext2D, scene: Scene, height: number): void {
  const edit = editOf(scene.run)
  if (!edit) return
  paintGrid(pen, { ...scene, run: { ...scene.run, plan: edit.plan, spans: [] } }, height)
  const from = Math.min(scene.width, toPixel(scene.range, scene.width, edit.fromEpoch))
  if (from <= 0) return
  pen.save()
  pen.globalAlpha = 0.75
  fill(pen, { x: 0, y: 0, width: from, height }, scene.theme.background)
  pen.restore()
  boundary(pen, from, height, scene.theme)
}

/** The edited rate from where it holds, dashed over the planned one. */
export function paintEditedRate(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  scale: RateScale,
  height: number,
): void {
  const edit = editOf(scene.run)
  if (!edit) return
  const { range, width, theme } = scene
  const from = toPixel(range, width, edit.fromEpoch)
  pen.save()
  pen.beginPath()
  pen.rect(Math.max(0, from), 0, width, height)
  pen.clip()
  stroke(pen, plannedLine({ ...edit, scale, range, width, height }), theme.yellow, 1.5, [4, 2])
  pen.restore()
  if (from > 0 && from < width) boundary(pen, from, height, theme)
}

function boundary(pen: CanvasRenderingContext2D, x: number, height: number, theme: Theme): void {
  stroke(
    pen,
    [
      { x, y: 0 },
      { x, y: height },
    ],
    theme.yellow,
    1,
    [3, 3],
  )
}
