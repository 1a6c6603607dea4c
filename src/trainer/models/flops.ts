import { backbone } from './backbone'
import { Blueprint } from './Blueprint'
import { head } from './head'
import type { NetworkSettings } from './settings'

/** Multiply-adds that one clip of frames × size × size costs in evaluation, which the field calls FLOPs. */
export function flops(
  settings: NetworkSettings,
  classes: number,
  { frames, size }: { frames: number; size: number },
): number {
  const blueprint = new Blueprint()
  const body = backbone(blueprint, settings)
  return body.cost(frames, size).multiplyAdds + head(blueprint, body.channels, classes).multiplyAdds
}

/** How many values a network trains. */
export function parameterCount(settings: NetworkSettings, classes: number): number {
  const blueprint = new Blueprint()
  head(blueprint, backbone(blueprint, settings).channels, classes)
  return blueprint.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((size, side) => size * side, 1),
    0,
  )
}
