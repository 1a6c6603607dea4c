import { css, mix } from '../colour'
import { inputBands } from './inputLane'
import type { Scene } from './Lane'
import { fill, hatch, outline } from './surface'

/** Below the throughput: hatched where training waited for data. */
export function paintInput(
  pen: CanvasRenderingContext2D,
  { run, range, width, theme }: Scene,
  height: number,
): void {
  const measure = (text: string) => pen.measureText(text).width
  const tint = theme.highContrast ? theme.background : mix(theme.background, theme.yellow, 0.25)
  const [top, tall] = [2, height - 4]
  pen.textBaseline = 'middle'
  for (const band of inputBands({ stretches: run.inputBound, range, width, measure })) {
    const box = { x: band.x, y: top, width: band.width, height: tall }
    fill(pen, box, tint)
    hatch(pen, box, theme.yellow, 5, 1.5)
    outline(pen, box, theme.highContrast ? theme.foreground : theme.yellow)
    if (!band.label) continue
    const { text, x, inside } = band.label
    pen.textAlign = 'left'
    // On a plate, so that the hatching does not cross the letters.
    if (inside) fill(pen, { x: x - 2, y: top + 1, width: measure(text) + 4, height: tall - 2 }, tint)
    pen.fillStyle = css(theme.foreground)
    pen.fillText(text, x, height / 2 + 0.5)
  }
  pen.textAlign = 'right'
  pen.fillStyle = css(theme.muted)
  pen.fillText('wait', -4, height / 2 + 0.5)
}
