export type GlyphName = 'play' | 'pause' | 'stop' | 'save' | 'check' | 'cross' | 'dot' | 'leave'

/** Outlines in a 16 × 16 box, filled with the colour of the text around. */
const outlines: Record<GlyphName, string> = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  stop: 'M3.5 3.5h9v9h-9z',
  save: 'M7.25 2h1.5v6.2l2.2-2.2 1.05 1.05L8 11.1 4 7.05 5.05 6l2.2 2.2zM3 12.5h10V14H3z',
  check: 'M6.3 12.6 2 8.3l1.2-1.2 3.1 3.1 6.5-6.5L14 4.9z',
  cross: 'M3.2 4.4 4.4 3.2 8 6.8l3.6-3.6 1.2 1.2L9.2 8l3.6 3.6-1.2 1.2L8 9.2l-3.6 3.6-1.2-1.2L6.8 8z',
  dot: 'M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z',
  leave: 'M2 3h2.5v10H2zM6 3h2.5v10H6zM10.5 4.5 14.5 8l-4 3.5z',
}

const svg = 'http://www.w3.org/2000/svg'

export function glyph(name: GlyphName): SVGSVGElement {
  const element = document.createElementNS(svg, 'svg')
  element.setAttribute('viewBox', '0 0 16 16')
  element.setAttribute('width', '14')
  element.setAttribute('height', '14')
  element.setAttribute('aria-hidden', 'true')
  element.setAttribute('class', 'glyph')
  const path = document.createElementNS(svg, 'path')
  path.setAttribute('d', outlines[name])
  path.setAttribute('fill', 'currentColor')
  path.setAttribute('fill-rule', 'evenodd')
  element.append(path)
  return element
}
