import type { ComparedRun } from '../../src/protocol/compare'
import { contrast, mix } from '../colour'
import type { Colour } from '../colour'
import type { Theme } from '../theme'

/** How a run's line is told from the others: by colour, and without colours by its dashes. */
export interface RunLook {
  readonly colour: Colour
  /** Lengths of dashes and gaps in pixels; empty is a whole line. */
  readonly dash: readonly number[]
}

/** Of graphics to what is behind them (WCAG 2.1). */
const leastContrast = 3

const dashes: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [4, 2],
  [12, 5],
  [2, 2, 2, 6],
  [14, 3, 2, 3, 2, 3],
  [1, 4],
  [6, 6],
  [10, 2],
  [3, 8],
]

/** Of the run at a place among those that are compared; six colours, and a dash that no other has. */
export function lookAt(index: number, theme: Theme): RunLook {
  const { blue, orange, green, purple, red, yellow } = theme
  const colours = [blue, orange, green, purple, red, yellow]
  return { colour: legible(colours[index % colours.length]!, theme), dash: dashes[index % dashes.length]! }
}

/** Some themes have chart colours that a thin line on their background is lost in: those move towards the text's. */
function legible(colour: Colour, { background, foreground }: Theme): Colour {
  const shares = [0, 0.15, 0.3, 0.45, 0.6]
  const mixed = shares.map((share) => mix(colour, foreground, share))
  return mixed.find((one) => contrast(one, background) >= leastContrast) ?? mixed.at(-1)!
}

/** What runs are called: by their names, with the date where two have the same one, by the id where that does not tell them apart. */
export function labelsOf(runs: readonly Pick<ComparedRun, 'id' | 'name' | 'created'>[]): string[] {
  const occurs = (words: readonly string[], word: string) => words.filter((one) => one === word).length
  const names = runs.map(({ name }) => name)
  const dated = runs.map(({ name, created }) => `${name} · ${created}`)
  return runs.map(({ id, name }, index) => {
    if (occurs(names, name) === 1) return name
    return occurs(dated, dated[index]!) === 1 ? dated[index]! : id
  })
}
