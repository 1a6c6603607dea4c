import { el, setText } from '../dom'

/** Parts that wrap between, not within. */
export function showParts(element: HTMLElement, parts: readonly string[]): void {
  element.hidden = parts.length === 0
  while (element.childElementCount > parts.length) element.lastElementChild?.remove()
  parts.forEach((text, index) => {
    setText((element.children[index] ?? element.appendChild(el('span'))) as HTMLElement, text)
  })
}
