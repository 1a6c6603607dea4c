/** Opaque colour, each channel 0..255. */
export type Colour = readonly [red: number, green: number, blue: number]

/** Reads '#rrggbb' or 'rgba(r, g, b, a)', the two forms a canvas normalises to, laid over `under`. */
export function parseColour(text: string, under: Colour): Colour {
  if (text.startsWith('#')) {
    const value = Number.parseInt(text.slice(1, 7), 16)
    return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
  }
  const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number)
  return mix(under, [red, green, blue], alpha)
}

/** `share` 0 is all of `a`, 1 all of `b`. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  return [blend(a[0], b[0], share), blend(a[1], b[1], share), blend(a[2], b[2], share)]
}

const blend = (a: number, b: number, share: number) => Math.round(a + (b - a) * share)

export const css = ([red, green, blue]: Colour) => `rgb(${red}, ${green}, ${blue})`

/** Contrast of two colours, 1..21 (WCAG 2). */
export function contrast(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((channel) => {
    const value = channel / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** The one of two inks that reads better on `paper`. */
export const inkOn = (paper: Colour, a: Colour, b: Colour) =>
  contrast(paper, a) >= contrast(paper, b) ? a : b
