import type { Scene } from './Lane'
import { toPixel } from './scale'
import { stroke } from './surface'

/** A dashed line where each learning-rate stage after the first begins. */
export function paintStages(
  pen: CanvasRenderingContext2D,
  { run, range, width, theme }: Scene,
  height: number,
): void {
  const phases = run.plan?.phases ?? []
  for (const [index, { lrStage, startEpoch }] of phases.entries()) {
    if (index === 0 || phases[index - 1]!.lrStage === lrStage) continue
    const x = Math.round(toPixel(range, width, startEpoch)) - 0.5
    if (x > 0 && x < width)
      stroke(
        pen,
        [
          { x, y: 0 },
          { x, y: height },
        ],
        theme.muted,
        1,
        [2, 3],
      )
  }
}
