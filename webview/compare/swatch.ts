const svg = 'http://www.w3.org/2000/svg'

/** A piece of a run's line as the charts draw it. */
export function swatch(colour: string, dash: readonly number[]): SVGSVGElement {
  const element = document.createElementNS(svg, 'svg')
  element.setAttribute('viewBox', '0 0 34 10')
  element.setAttribute('width', '34')
  element.setAttribute('height', '10')
  element.setAttribute('aria-hidden', 'true')
  element.setAttribute('class', 'swatch')
  const line = document.createElementNS(svg, 'path')
  line.setAttribute('d', 'M0 5h34')
  line.setAttribute('stroke', colour)
  line.setAttribute('stroke-width', '2')
  line.setAttribute('stroke-dasharray', dash.join(' '))
  element.append(line)
  return element
}
