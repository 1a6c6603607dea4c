import type {
  ComparedCurve,
  ComparedCurveUpdate,
  ComparedRun,
  ComparedRunUpdate,
  HostToCompare,
} from '../../src/protocol/compare'
import type { CurveName } from '../../src/protocol/view'

export type Comparison = Omit<Extract<HostToCompare, { type: 'snapshot' }>, 'type'>

/** The state after a message; undefined when an update does not fit what is held, so the page has to ask again. */
export function reduceComparison(
  state: Comparison | undefined,
  message: HostToCompare,
): Comparison | undefined {
  if (message.type === 'snapshot') {
    const { runs, settings, missing } = message
    return { runs, settings, missing }
  }
  if (!state) return undefined
  const runs: ComparedRun[] = []
  for (const run of state.runs) {
    const update = message.runs.find(({ id }) => id === run.id)
    const patched = update ? patchRun(run, update) : run
    if (!patched) return undefined
    runs.push(patched)
  }
  return { ...state, runs, settings: message.settings ?? state.settings }
}

function patchRun(
  run: ComparedRun,
  { reading, facts, curves: updates }: ComparedRunUpdate,
): ComparedRun | undefined {
  const curves = { ...run.curves }
  for (const [name, update] of Object.entries(updates ?? {}) as [CurveName, ComparedCurveUpdate][]) {
    if (update.from > curves[name].epoch.length) return undefined
    curves[name] = patchCurve(curves[name], update)
  }
  return { ...run, curves, reading: reading ?? run.reading, facts: facts ?? run.facts }
}

function patchCurve(curve: ComparedCurve, { from, points }: ComparedCurveUpdate): ComparedCurve {
  const patch = (column: keyof ComparedCurve) => curve[column].slice(0, from).concat(points[column])
  return {
    epoch: patch('epoch'),
    iteration: patch('iteration'),
    seconds: patch('seconds'),
    mean: patch('mean'),
    min: patch('min'),
    max: patch('max'),
  }
}
