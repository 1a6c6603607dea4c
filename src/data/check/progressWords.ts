import { duration } from '../../schedule/words'
import type { CheckProgress } from './checkDataset'

/** `1,204 of 9,537 files · 2 unreadable · 12 min left`. */
export function progressWords({ done, total, unreadable, secondsLeft }: CheckProgress): string {
  return [
    `${done.toLocaleString('en')} of ${total.toLocaleString('en')} files`,
    ...(unreadable > 0 ? [`${unreadable.toLocaleString('en')} unreadable`] : []),
    ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
  ].join(' · ')
}

/** What is left of a check that was stopped. */
export function stoppedWords(progress: CheckProgress | undefined): string {
  if (!progress) return 'Stopped before the first file was read.'
  return `Stopped: ${progress.done.toLocaleString('en')} of ${progress.total.toLocaleString('en')} files are read, which is kept.`
}
