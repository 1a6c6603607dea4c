import type { Finding } from '../schedule/checkSettings'
import { makePlan } from '../schedule/plan'
import { remarks } from '../schedule/remarks'
import { networkFaults } from './networkFit'
import type { Config } from './schema'

/** What is legal but probably not meant, and what the network cannot take. */
export function doubts(config: Config): Finding[] {
  const plan = makePlan(config)
  return [...remarks(config, plan), ...networkFaults(config, plan)]
}
