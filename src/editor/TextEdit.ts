/** `length` characters from `offset` become `text`. Edits of one change never overlap and speak of the text before it. */
export interface TextEdit {
  readonly offset: number
  readonly length: number
  readonly text: string
}
