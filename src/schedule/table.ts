export interface Column {
  readonly head: string
  readonly align: 'left' | 'right'
  /** Left out, highest first, while the table is wider than it may be; a column without it always stays. */
  readonly spare?: number
}

/** Lines of a table with a rule under its head, at most `width` characters wide where its spare columns allow. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { color, width }: { color: boolean; width: number },
): string[] {
  const widths = columns.map(({ head }, index) =>
    Math.max(head.length, ...rows.map((row) => row[index]!.length)),
  )
  const shown = fitting(columns, widths, width)
  const line = (cells: readonly string[]): string =>
    shown
      .map((index) =>
        columns[index]!.align === 'right'
          ? cells[index]!.padStart(widths[index]!)
          : cells[index]!.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd()
  const title = line(columns.map(({ head }) => head))
  const rule = shown.map((index) => '─'.repeat(widths[index]!)).join('  ')
  return [color ? `\u001B[1m${title}\u001B[22m` : title, rule, ...rows.map(line)]
}

function fitting(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  let shown = [...columns.keys()]
  const total = (): number => shown.reduce((sum, index) => sum + widths[index]! + 2, -2)
  const spare = shown
    .filter((index) => columns[index]!.spare !== undefined)
    .sort((a, b) => columns[b]!.spare! - columns[a]!.spare!)
  for (const dropped of spare) {
    if (total() <= width) break
    shown = shown.filter((index) => index !== dropped)
  }
  return shown
}
