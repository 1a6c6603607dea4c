/** Where a person finds out more: what this machine has and lacks, or what the trainer wrote. */
export type Help = 'doctor' | 'log'

/** An error whose message is the sentence a person reads: what went wrong, and what to do next. */
export class HumanError extends Error {
  override readonly name = 'HumanError'
  readonly help: Help | undefined

  constructor(message: string, options: ErrorOptions & { help?: Help | undefined } = {}) {
    super(message, options)
    this.help = options.help
  }
}
