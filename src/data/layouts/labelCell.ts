/** "5" of "5" and "5.0", as tables write whole numbers; anything else as it is. */
function plainLabel(text: string): string {
  const label = text.trim()
  return /^\d+\.0+$/.test(label) ? label.slice(0, label.indexOf('.')) : label
}

/**
 * The labels that a cell names: several where they are numbers (`1,5,7`, `[1, 5]`, `1|5`), or `several` allows a name
 * to end at a comma too. None in an empty cell.
 */
export function labelsIn(cell: string, several: boolean): string[] {
  const text = cell
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .trim()
  if (text === '') return []
  if (/^\d+(?:(?:\s*[,;|]\s*|\s+)\d+)+$/.test(text)) return text.split(/[\s,;|]+/).map(plainLabel)
  if (several && /[,;|]/.test(text)) {
    return text
      .split(/[,;|]/)
      .map((one) => plainLabel(one.trim().replace(/^(['"])(.*)\1$/, '$2')))
      .filter((one) => one !== '')
  }
  return [plainLabel(text)]
}
