import type { CompareAxis } from '../../src/protocol/compare'
import { el } from '../dom'
import type { Part } from '../dom'
import { axisKeys, axisNames } from './axes'

/** What the curves are laid over, one click each. */
export function axisChoice(onChoose: (axis: CompareAxis) => void): Part<CompareAxis> {
  const inputs = axisKeys.map((axis) => {
    const input = el('input')
    input.type = 'radio'
    input.name = 'axis'
    input.value = axis
    input.addEventListener('change', () => onChoose(axis))
    return input
  })
  const element = el(
    'fieldset',
    'axes',
    el('legend', 'spoken', 'Lay the curves over'),
    ...inputs.map((input, index) => el('label', '', input, axisNames[axisKeys[index]!])),
  )
  return {
    element,
    update(axis) {
      for (const input of inputs) input.checked = input.value === axis
    },
  }
}
