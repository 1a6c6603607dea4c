import * as z from 'zod'

/** Schemas of single values, each of which says in one phrase what is allowed. */
export function integer(min: number, max: number, error = `must be a whole number from ${min} to ${max}`) {
  return z.int({ error }).min(min, { error }).max(max, { error })
}

export function real(min: number, max: number) {
  const error = `must be a number from ${min} to ${max}`
  return z.number({ error }).min(min, { error }).max(max, { error })
}

export function share() {
  const error = 'must be a number above 0, at most 1'
  return z.number({ error }).gt(0, { error }).max(1, { error })
}

export function positive(max: number) {
  const error = `must be a number above 0, at most ${max}`
  return z.number({ error }).gt(0, { error }).max(max, { error })
}

export function flag() {
  return z.boolean({ error: 'must be true or false' })
}

export function text(what: string) {
  const error = `must be ${what}, in quotes`
  return z.string({ error }).min(1, { error }).max(4096, { error })
}

export function oneOf<const T extends readonly (string | number | boolean)[]>(values: T) {
  return z.literal([...values] as T[number][], {
    error: `must be one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
  })
}

export function pair<T extends z.ZodType>(first: T, second: T, what: string) {
  return z.tuple([first, second], { error: `must be two numbers in brackets: ${what}` })
}

export function list<T extends z.ZodType>(item: T, min: number, max: number, what: string) {
  const error = `must be ${min === max ? min : `${min} to ${max}`} ${what} in brackets`
  return z.array(item, { error }).min(min, { error }).max(max, { error })
}
