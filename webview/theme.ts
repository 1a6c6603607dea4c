import { parseColour } from './colour'
import type { Colour } from './colour'

/** The editor's colours as a canvas needs them: resolved and opaque. */
export interface Theme {
  /** In high contrast, patterns and borders carry what shades carry elsewhere. */
  readonly highContrast: boolean
  readonly background: Colour
  readonly foreground: Colour
  readonly muted: Colour
  readonly line: Colour
  readonly blue: Colour
  readonly green: Colour
  readonly orange: Colour
  readonly purple: Colour
  readonly red: Colour
  readonly yellow: Colour
  readonly font: string
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.body)
  const pen = document.createElement('canvas').getContext('2d')!
  const read = (names: readonly string[], under: Colour): Colour => {
    for (const name of names) {
      const value = style.getPropertyValue(name).trim()
      if (!value) continue
      pen.fillStyle = value
      return parseColour(pen.fillStyle, under)
    }
    return parseColour(style.color, under)
  }
  const background = read(['--multigrid-background', '--vscode-editor-background'], [0, 0, 0])
  const colour = (...names: string[]) => read(names, background)
  return {
    highContrast: document.body.className.includes('high-contrast'),
    background,
    foreground: colour('--vscode-foreground'),
    muted: colour('--vscode-descriptionForeground', '--vscode-foreground'),
    line: colour('--vscode-contrastBorder', '--vscode-panel-border', '--vscode-charts-lines'),
    blue: colour('--vscode-charts-blue'),
    green: colour('--vscode-charts-green'),
    orange: colour('--vscode-charts-orange'),
    purple: colour('--vscode-charts-purple'),
    red: colour('--vscode-charts-red'),
    yellow: colour('--vscode-charts-yellow'),
    font: `10px ${style.fontFamily}`,
  }
}

/** Calls when the editor changes its colours: it rewrites the variables on `html` and the classes of `body`. */
export function onThemeChange(listener: () => void): { dispose(): void } {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] })
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] })
  return { dispose: () => observer.disconnect() }
}
