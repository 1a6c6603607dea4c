/** What is called of TensorFlow.js by a package that may be broken. */
export interface ProbedTensorflow {
  tensor(values: Float32Array | Int32Array, shape: readonly number[], dtype?: 'int32'): ProbedTensor
  backend(): ProbedBackend
}

interface ProbedTensor {
  dataSync(): Float32Array
}

interface ProbedBackend {
  readonly binding: Readonly<Record<string, number>> & { readonly TF_Version: string }
  readonly isUsingGpuDevice: boolean
  executeMultipleOutputs(
    op: string,
    attributes: object[],
    inputs: ProbedTensor[],
    outputs: number,
  ): ProbedTensor[]
}

export interface ProbedKernels {
  readonly tensorflow: string
  readonly gpu: boolean
  /** Largest error of each kernel, relative to the largest value that is right. */
  readonly errors: Readonly<Record<string, number>>
}

/**
 * Runs a convolution, its gradients, and batch normalisation with its own through the kernels that training uses, and
 * compares them with plain arithmetic. Its source is run by another process: it uses nothing from outside itself.
 */
export function probeKernels(tf: ProbedTensorflow): ProbedKernels {
  const backend = tf.backend()
  const { binding } = backend
  const [batch, side, inputs, outputs, kernel] = [2, 6, 3, 4, 3] as const
  const wave = (length: number, step: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => Math.sin(1 + i * step))
  const attribute = (name: string, type: string, value: unknown): object => ({
    name,
    type: binding[type],
    value,
  })
  const floats = (name: string): object => attribute(name, 'TF_ATTR_TYPE', binding['TF_FLOAT'])
  const run = (op: string, attributes: object[], given: ProbedTensor[], count: number): ProbedTensor[] =>
    backend.executeMultipleOutputs(op, attributes, given, count)
  const sizes = (shape: readonly number[]): ProbedTensor =>
    tf.tensor(Int32Array.from(shape), [shape.length], 'int32')
  const errors: Record<string, number> = {}
  const compare = (name: string, got: ProbedTensor, right: Float64Array): void => {
    const values = got.dataSync()
    const scale = right.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6)
    const worst = right.reduce((most, value, i) => {
      const apart = Math.abs(value - values[i]!) / scale
      return apart <= most ? most : apart // written so that what is no number counts
    }, 0)
    errors[name] = values.length === right.length ? worst : Infinity
  }

  const xShape = [batch, side, side, inputs] as const
  const wShape = [kernel, kernel, inputs, outputs] as const
  const yShape = [batch, side, side, outputs] as const
  const x = wave(batch * side * side * inputs, 0.37)
  const w = wave(kernel * kernel * inputs * outputs, 0.73)
  const dy = wave(batch * side * side * outputs, 0.53)
  const [y, dx, dw] = [dy, x, w].map(({ length }) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (let n = 0; n < batch; n++)
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++)
        for (let a = 0; a < kernel; a++)
          for (let b = 0; b < kernel; b++) {
            const [r, c] = [row + a - 1, column + b - 1]
            if (r < 0 || c < 0 || r >= side || c >= side) continue
            for (let i = 0; i < inputs; i++)
              for (let o = 0; o < outputs; o++) {
                const from = ((n * side + r) * side + c) * inputs + i
                const to = ((n * side + row) * side + column) * outputs + o
                const tap = ((a * kernel + b) * inputs + i) * outputs + o
                y[to]! += x[from]! * w[tap]!
                dx[from]! += dy[to]! * w[tap]!
                dw[tap]! += dy[to]! * x[from]!
              }
          }
  const convolution = [
    floats('T'),
    attribute('strides', 'TF_ATTR_INT', [1, 1, 1, 1]),
    attribute('padding', 'TF_ATTR_STRING', 'SAME'),
    attribute('data_format', 'TF_ATTR_STRING', 'NHWC'),
    attribute('dilations', 'TF_ATTR_INT', [1, 1, 1, 1]),
    attribute('use_cudnn_on_gpu', 'TF_ATTR_BOOL', true),
  ]
  const [xs, ws, dys] = [tf.tensor(x, xShape), tf.tensor(w, wShape), tf.tensor(dy, yShape)]
  compare('convolution', run('Conv2D', convolution, [xs, ws], 1)[0]!, y)
  compare(
    'input gradient of a convolution',
    run('Conv2DBackpropInput', convolution, [sizes(xShape), ws, dys], 1)[0]!,
    dx,
  )
  compare(
    'filter gradient of a convolution',
    run('Conv2DBackpropFilter', convolution, [xs, sizes(wShape), dys], 1)[0]!,
    dw,
  )

  const [rows, epsilon] = [batch * side * side, 1e-5]
  const [scale, offset] = [wave(outputs, 0.9), wave(outputs, 1.3)]
  const [normalised, back] = [new Float64Array(dy.length), new Float64Array(dy.length)]
  for (let o = 0; o < outputs; o++) {
    const at = (row: number): number => row * outputs + o
    let [mean, variance, sum, product] = [0, 0, 0, 0]
    for (let row = 0; row < rows; row++) mean += dy[at(row)]! / rows
    for (let row = 0; row < rows; row++) variance += (dy[at(row)]! - mean) ** 2 / rows
    const inverse = 1 / Math.sqrt(variance + epsilon)
    for (let row = 0; row < rows; row++) {
      const normal = (dy[at(row)]! - mean) * inverse
      normalised[at(row)] = normal * scale[o]! + offset[o]!
      sum += y[at(row)]! / rows
      product += (y[at(row)]! * normal) / rows
    }
    for (let row = 0; row < rows; row++) {
      const normal = (dy[at(row)]! - mean) * inverse
      back[at(row)] = scale[o]! * inverse * (y[at(row)]! - sum - normal * product)
    }
  }
  const normalisation = [
    floats('T'),
    floats('U'),
    attribute('data_format', 'TF_ATTR_STRING', 'NHWC'),
    attribute('epsilon', 'TF_ATTR_FLOAT', epsilon),
    attribute('is_training', 'TF_ATTR_BOOL', true),
  ]
  const scales = tf.tensor(scale, [outputs])
  const none = tf.tensor(new Float32Array(0), [0])
  const given = [dys, scales, tf.tensor(offset, [outputs]), none, none]
  const [out, , , ...saved] = run('FusedBatchNormV3', normalisation, given, 6)
  compare('batch normalisation', out!, normalised)
  const gradient = tf.tensor(Float32Array.from(y), yShape)
  compare(
    'gradient of batch normalisation',
    run('FusedBatchNormGradV3', normalisation, [gradient, dys, scales, ...saved], 5)[0]!,
    back,
  )
  return { tensorflow: binding.TF_Version, gpu: backend.isUsingGpuDevice, errors }
}
