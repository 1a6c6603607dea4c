import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDivider,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit'
import { el, setAttribute, setText } from './dom'
import type { Part } from './dom'
import { glyph } from './glyph'
import type { GlyphName } from './glyph'

/** Makes the toolkit's elements known to the page; call once, before any factory here. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDivider(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
  )
}

/** What we use of the toolkit's elements. */
type ToolkitButton = HTMLElement & { appearance: string }
type ToolkitDropdown = HTMLElement & { value: string; readonly open: boolean }
type ToolkitOption = HTMLElement & { value: string }

interface ButtonOptions {
  readonly label: string
  readonly title: string
  readonly primary?: boolean
  readonly glyph?: GlyphName
  readonly onClick: () => void
}

export function button(options: ButtonOptions): HTMLElement {
  const element = document.createElement('vscode-button') as ToolkitButton
  element.appearance = options.primary ? 'primary' : 'secondary'
  element.title = options.title
  if (options.glyph) {
    const icon = glyph(options.glyph)
    icon.setAttribute('slot', 'start')
    element.append(icon)
  }
  element.append(options.label)
  element.addEventListener('click', options.onClick)
  return element
}

/** A small button that stays pressed. */
export function toggle(options: ButtonOptions): Part<boolean> {
  const element = button(options)
  element.classList.add('toggle')
  return {
    element,
    update(pressed) {
      setAttribute(element, 'aria-pressed', String(pressed))
      // The toolkit does not hand this attribute on to the button that is focused and heard.
      const inner = element.shadowRoot?.querySelector('button')
      if (inner) setAttribute(inner, 'aria-pressed', String(pressed))
    },
  }
}

interface Choices {
  readonly selected: string
  readonly options: readonly { readonly value: string; readonly text: string }[]
}

export function dropdown(label: string, onChoose: (value: string) => void): Part<Choices> {
  const element = document.createElement('vscode-dropdown') as ToolkitDropdown
  element.setAttribute('aria-label', label)
  element.addEventListener('change', () => onChoose(element.value))
  return {
    element,
    update({ selected, options }) {
      // While the list is open its value is what the keys walk over.
      if (element.open) return
      while (element.childElementCount > options.length) element.lastElementChild?.remove()
      for (const [index, { value, text }] of options.entries()) {
        const option = (element.children[index] ??
          element.appendChild(el('vscode-option' as 'div'))) as ToolkitOption
        if (option.value !== value) option.value = value
        setText(option, text)
        // The toolkit names an option once, when it is still empty.
        setAttribute(option, 'aria-label', text)
      }
      if (element.value !== selected) element.value = selected
    },
  }
}

export function progressRing(): HTMLElement {
  const element = document.createElement('vscode-progress-ring')
  element.setAttribute('aria-hidden', 'true')
  return element
}

export const divider = (): HTMLElement => document.createElement('vscode-divider')
