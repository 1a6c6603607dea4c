/** What stands for a number that is not there. */
export const nothing = '–'

/** '2 d 3 h', '3 h 12 min', '12 min', '45 s'; what is past counts as 0. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return nothing
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return join(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const join = (large: number, unit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`

/** The time of one step: '347 ms', '1.25 s', '2 min'. */
export function stepTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return nothing
  if (seconds >= 60) return duration(seconds)
  if (seconds >= 0.9995) return `${significant(seconds, 3)} s`
  const milliseconds = Math.max(0, seconds) * 1000
  return `${significant(milliseconds, milliseconds < 10 ? 2 : 3)} ms`
}

/** '1,234,567' */
export function count(value: number): string {
  return Number.isFinite(value) ? Math.max(0, Math.round(value)).toLocaleString('en-US') : nothing
}

/** A number of so many significant digits without trailing zeros: '0.0158', '8', '1e-5'. */
export function significant(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits))
  if (!Number.isFinite(rounded)) return nothing
  const size = Math.abs(rounded)
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return rounded.toExponential().replace('e+', 'e')
  return size >= 1000 ? rounded.toLocaleString('en-US') : String(rounded === 0 ? 0 : rounded)
}

/** A learning rate. */
export const rate = (value: number) => significant(Math.max(0, value), 3)

/** A loss; `null` is what a loss that was not finite travels as. */
export const loss = (value: number | null) => (value === null ? 'not finite' : significant(value, 4))

/** A share 0..1 as '84 %', or '84.2 %' with a digit. */
export function percent(share: number, digits = 0): string {
  return Number.isFinite(share) ? `${(Math.min(1, Math.max(0, share)) * 100).toFixed(digits)} %` : nothing
}

/** '223', '3.4': clips a second, or any speed. */
export const speed = (value: number) => (value >= 100 ? count(value) : significant(Math.max(0, value), 2))

/** '3.4×', '12×' */
export const times = (factor: number) =>
  `${factor >= 10 ? count(factor) : significant(Math.max(0, factor), 2)}×`

/** '12.4'; a long run needs no decimals to be read, a zoomed one needs more. */
export const epoch = (value: number, digits = 1) =>
  Number.isFinite(value) ? Math.max(0, value).toFixed(digits) : nothing

/** '512 × 8 × 158²': clips × frames × size². */
export function shape({ batch, frames, size }: { batch: number; frames: number; size: number }): string {
  return `${count(batch)} × ${clip({ frames, size })}`
}

/** '8 × 158²': frames × size² of one clip. */
export const clip = ({ frames, size }: { frames: number; size: number }) =>
  `${count(frames)} × ${count(size)}²`

/** '2', or '2–8' where it is drawn between two. */
export const between = ([low, high]: readonly [number, number]) =>
  low === high ? count(low) : `${count(low)}–${count(high)}`

/** MiB as '512 MiB' or '6.1 GiB'. */
export const memory = (mib: number) =>
  mib >= 1024 ? `${significant(Math.max(0, mib) / 1024, 2)} GiB` : `${count(mib)} MiB`

/** Local day and time, 'Jan 5, 14:05'; nothing for a date that cannot be read. */
export function moment(date: string): string {
  const time = new Date(date)
  if (Number.isNaN(time.getTime())) return ''
  return `${time.toLocaleDateString('en-US', { month: 'short', day: 'numeric' })}, ${clock(time.getTime())}`
}

/** Local time of day, '14:05'. */
export function clock(time: number): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return nothing
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
}
