import { expect, test } from 'vitest'
import { contrast, css, inkOn, mix, parseColour } from '../../webview/colour'

const black = [0, 0, 0] as const
const white = [255, 255, 255] as const

test('both forms of a canvas colour are read', () => {
  expect(parseColour('#0078d4', black)).toEqual([0, 120, 212])
  expect(parseColour('rgba(255, 255, 255, 0.7)', black)).toEqual([179, 179, 179])
})

test('colours mix by share', () => {
  expect(css(mix(black, white, 0.2))).toBe('rgb(51, 51, 51)')
})

test('contrast runs from 1 to 21', () => {
  expect(contrast(white, white)).toBe(1)
  expect(contrast(black, white)).toBeCloseTo(21)
})

test('ink is what reads better on its paper', () => {
  expect(inkOn([250, 250, 200], white, black)).toBe(black)
  expect(inkOn([20, 20, 60], white, black)).toBe(white)
})
