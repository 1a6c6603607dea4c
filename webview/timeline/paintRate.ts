import { css, mix } from '../colour'
import * as format from '../format'
import type { Scene } from './Lane'
import { editOf } from './edit'
import { paintEditedRate } from './paintEdit'
import { paintStages } from './paintStages'
import { plannedLine, rateMarks, rateScale, rateY, usedLine } from './rateLane'
import { fill, stroke } from './surface'

/** The plan as a thin line, the rate that steps used as a thick one on top. */
export function paintRate(pen: CanvasRenderingContext2D, scene: Scene, height: number): void {
  const { run, range, width, theme } = scene
  const scale = rateScale([...run.rates, ...(editOf(run)?.rates ?? [])])
  if (!scale) return
  pen.textAlign = 'right'
  pen.textBaseline = 'middle'
  for (const lr of rateMarks(scale, height, 14)) {
    const y = rateY(scale, height, lr)
    fill(pen, { x: 0, y: Math.round(y), width, height: 1 }, mix(theme.background, theme.muted, 0.2))
    pen.fillStyle = css(theme.muted)
    pen.fillText(format.rate(lr), -4, Math.min(height - 5, Math.max(5, y)))
  }
  paintStages(pen, scene, height)
  pen.save()
  pen.beginPath()
  pen.rect(0, 0, width, height)
  pen.clip()
  stroke(pen, plannedLine({ ...run, plan: run.plan, scale, range, width, height }), theme.muted, 1)
  stroke(pen, usedLine(run.curves.lr, scale, range, width, height), theme.orange, 2)
  pen.restore()
  paintEditedRate(pen, scene, scale, height)
}
