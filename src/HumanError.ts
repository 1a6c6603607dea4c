/** An error whose message is the sentence a person reads: what went wrong, and what to do next. */
export class HumanError extends Error {
  override readonly name = 'HumanError'
}
