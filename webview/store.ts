import type { Curve, CurveName, CurveUpdate, HostToView, ViewState } from '../src/protocol/view'

/**
 * The state after a message; `undefined` when an update does not fit what is held (nothing yet, another run, a hole
 * in a curve), so the view has to ask for a snapshot again.
 */
export function reduce(state: ViewState | undefined, message: HostToView): ViewState | undefined {
  if (message.type === 'snapshot') return message.state
  if (!state) return undefined
  const runs = message.runs ?? state.runs
  if (!message.run && !message.curves) return { ...state, runs }
  if (!state.run || (message.run?.id ?? state.run.id) !== state.run.id) return undefined
  const curves = patchCurves(state.run.curves, message.curves ?? {})
  return curves && { ...state, runs, run: { ...state.run, ...message.run, curves } }
}

type Curves = Readonly<Record<CurveName, Curve>>

function patchCurves(curves: Curves, updates: Partial<Record<CurveName, CurveUpdate>>): Curves | undefined {
  const patched = { ...curves }
  for (const name of Object.keys(updates) as CurveName[]) {
    const update = updates[name]
    if (!update) continue
    if (update.from > curves[name].epoch.length) return undefined
    patched[name] = patchCurve(curves[name], update)
  }
  return patched
}

function patchCurve(curve: Curve, { from, points }: CurveUpdate): Curve {
  const patch = (column: keyof Curve) => curve[column].slice(0, from).concat(points[column])
  return { epoch: patch('epoch'), mean: patch('mean'), min: patch('min'), max: patch('max') }
}
