import type { Colour } from '../colour'
import { css } from '../colour'
import type { Box } from './gridLane'
import type { Point } from './rateLane'

/** Sizes a canvas for the screen's pixels and clears it; the pen draws in CSS pixels. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across
    canvas.height = down
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  const pen = canvas.getContext('2d')!
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.clearRect(0, 0, width, height)
  return pen
}

export function fill(pen: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: Colour): void {
  pen.fillStyle = css(colour)
  pen.fillRect(x, y, width, height)
}

/** A border inside the box, a pixel wide. */
export function outline(pen: CanvasRenderingContext2D, box: Box, colour: Colour, dash: number[] = []): void {
  if (box.width <= 0) return
  pen.strokeStyle = css(colour)
  pen.lineWidth = 1
  pen.setLineDash(dash)
  pen.strokeRect(box.x + 0.5, box.y + 0.5, Math.max(0, box.width - 1), Math.max(0, box.height - 1))
  pen.setLineDash([])
}

/** Diagonal lines inside the box, `apart` pixels from each other. */
export function hatch(
  pen: CanvasRenderingContext2D,
  box: Box,
  colour: Colour,
  apart: number,
  thickness = 1,
): void {
  if (box.width <= 0) return
  pen.save()
  pen.beginPath()
  pen.rect(box.x, box.y, box.width, box.height)
  pen.clip()
  pen.strokeStyle = css(colour)
  pen.lineWidth = thickness
  pen.beginPath()
  // From a fixed origin, so that neighbouring boxes continue each other.
  const first = Math.floor((box.x - box.height) / apart) * apart
  for (let x = first; x < box.x + box.width + box.height; x += apart) {
    pen.moveTo(x, box.y + box.height)
    pen.lineTo(x + box.height, box.y)
  }
  pen.stroke()
  pen.restore()
}

export function stroke(
  pen: CanvasRenderingContext2D,
  line: readonly Point[],
  colour: Colour,
  thickness: number,
  dash: number[] = [],
): void {
  pen.strokeStyle = css(colour)
  pen.lineWidth = thickness
  pen.lineJoin = 'round'
  pen.setLineDash(dash)
  pen.beginPath()
  for (const { x, y } of line) pen.lineTo(x, y)
  pen.stroke()
  pen.setLineDash([])
}
