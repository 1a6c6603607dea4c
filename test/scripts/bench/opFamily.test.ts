import { describe, expect, it } from 'vitest'
import { families, familyOf } from '../../../scripts/bench/opFamily'

describe('the family of an operation', () => {
  it.each([
    ['Conv2D', 'convolution forward'],
    ['Conv3DBackpropInputV2', 'convolution input gradient'],
    ['Conv2DBackpropFilter', 'convolution filter gradient'],
    ['FusedBatchNormV3', 'batch norm forward'],
    ['FusedBatchNormGradV3', 'batch norm backward'],
    ['ReluGrad', 'activation'],
    ['MaxPool3DGrad', 'pooling'],
    ['AddV2', 'elementwise'],
    ['Multiply', 'elementwise'],
    ['Pad', 'layout'],
    ['GatherV2', 'layout'],
    ['Cast', 'transfer'],
  ])('follows its name, as of %s', (op, family) => {
    expect(familyOf(op)).toBe(family)
  })

  it('is the task at hand for what wasm makes it of', () => {
    expect(familyOf('Conv2D', 'conv2dFilterGradient')).toBe('convolution filter gradient')
    expect(familyOf('Multiply', 'batchNormGradients')).toBe('batch norm backward')
    expect(familyOf('BatchMatMul', 'batchNorm')).toBe('batch norm forward')
  })

  it('is layout for padding and moving, whatever they are for', () => {
    expect(familyOf('Transpose', 'conv2dFilterGradient')).toBe('layout')
    expect(familyOf('PadV2', 'conv2dFilterGradient')).toBe('layout')
  })

  it('is the optimiser for all that the optimiser does', () => {
    expect(familyOf('SplitV', 'optimiser')).toBe('optimiser')
    expect(familyOf('AddV2', 'optimiser')).toBe('optimiser')
  })

  it('is known of an operation that nobody named', () => {
    expect(familyOf('NoSuchOp')).toBe('other ops')
    expect(familyOf('NoSuchOp', 'crossEntropy')).toBe('other ops')
    expect(families).toContain('other ops')
  })
})
