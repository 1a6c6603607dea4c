import { backbone } from './backbone'
import { Blueprint } from './Blueprint'
import { head } from './head'
import type { NetworkSettings } from '../../network/settings'

/** How many values a network trains. */
export function parameterCount(settings: NetworkSettings, classes: number): number {
  const blueprint = new Blueprint()
  head(blueprint, backbone(blueprint, settings).channels, classes)
  return blueprint.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((size, side) => size * side, 1),
    0,
  )
}
