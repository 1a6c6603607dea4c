import { css } from '../colour'
import type { Scene } from './Lane'
import { ticks, toPixel } from './scale'
import { fill } from './surface'

/** The epochs that all lanes stand over. */
export function paintAxis(pen: CanvasRenderingContext2D, scene: Scene): void {
  paintTicks(pen, scene, 'epoch')
}

/** Numbers under an axis, and left of them what they count. */
export function paintTicks(
  pen: CanvasRenderingContext2D,
  { range, width, theme }: Pick<Scene, 'range' | 'width' | 'theme'>,
  unit: string,
): void {
  fill(pen, { x: 0, y: 0, width, height: 1 }, theme.line)
  pen.fillStyle = css(theme.muted)
  pen.textBaseline = 'top'
  for (const tick of ticks(range, width, 44)) {
    const x = toPixel(range, width, tick)
    pen.fillRect(Math.round(x), 0, 1, 4)
    const text = tick.toLocaleString('en-US', { maximumFractionDigits: 4 })
    const half = pen.measureText(text).width / 2
    pen.textAlign = 'center'
    pen.fillText(text, Math.min(width - half, Math.max(half, x)), 6)
  }
  pen.textAlign = 'right'
  pen.fillText(unit, -4, 6)
}
