import { readEvents } from '../run/eventFile'
import { explainRun } from '../run/explainRun'
import { RunHistory } from '../run/RunHistory'
import { findRun } from './findRun'

/** `multigrid explain RUN`: what a run waited for data, by its record, and what to do about it. */
export async function explain([name]: string[]): Promise<number> {
  const { folder, record } = findRun(name)
  const history = new RunHistory(record.id, record.name)
  for await (const event of readEvents(folder)) history.push(event)
  process.stdout.write(explainRun(folder, history))
  return 0
}
