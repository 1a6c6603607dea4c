import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import type { Scalar, Tensor1D, Tensor2D, Tensor5D, Variable } from '@tensorflow/tfjs-core'
import type { NetworkSettings } from '../../src/network/settings'
import type { StateDict } from '../../src/trainer/models/stateDict'
import { slowFrames } from '../../src/trainer/models/slowFrames'
import type { LabelledClips } from '../../src/trainer/step'

type Triple = [number, number, number]

export interface StockOptions {
  readonly settings: Pick<NetworkSettings, 'alpha' | 'dropout'>
  readonly classes: number
}

/**
 * SlowFast 18 as one would write it with TensorFlow.js alone: five-dimensional operations, gradients by its tape, one
 * variable for each parameter. It has our padding, statistics and names, so that it takes our weights; weight decay,
 * which `tf.train.momentum` lacks, is left out. tf.layers has no convolution with such padding and no batch
 * normalisation of five dimensions, so it is of no help.
 */
export class StockNetwork {
  private readonly variables: ReadonlyMap<string, Variable>
  private readonly optimiser = tf.train.momentum(0, 0.9, true)

  /** Weights by PySlowFast's names, in PyTorch's layout. */
  constructor(
    state: StateDict,
    private readonly options: StockOptions,
  ) {
    this.variables = new Map(
      [...state].map(([name, { shape, data }]) => [
        name,
        tf.tidy(() => {
          const tensor = tf.tensor(data as Float32Array, [...shape])
          const value =
            shape.length === 5
              ? tf.transpose(tensor, [2, 3, 4, 1, 0])
              : shape.length === 2
                ? tf.transpose(tensor)
                : tensor
          return tf.variable(value, !name.includes('running'))
        }),
      ]),
    )
  }

  /** One update; the loss before it. */
  step(batch: LabelledClips, lr: number): number {
    return tf.tidy(() => {
      const { value, grads } = this.gradients(batch, { dropout: this.options.settings.dropout })
      ;(this.optimiser as unknown as { learningRate: number }).learningRate = lr
      this.optimiser.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })))
      return value.dataSync()[0]!
    })
  }

  /** Gradients by the variables' own names; see `nameOf`. Call it within `tf.tidy`. */
  gradients(
    batch: LabelledClips,
    { dropout }: { dropout: number },
  ): { value: Scalar; grads: Record<string, tf.Tensor> } {
    const { pixels, shape, labels } = batch
    const { batch: clips, frames, size } = shape
    const ints = tf.tensor5d(pixels, [clips, frames, size, size, 3], 'int32')
    const input = tf.div<Tensor5D>(tf.sub(tf.div(tf.cast(ints, 'float32'), 255), 0.45), 0.225)
    const wanted = tf.oneHot(tf.tensor1d(labels.flat(), 'int32'), this.options.classes) as Tensor2D
    return tf.variableGrads(
      () => {
        const logits = this.logits(input, dropout)
        return tf.losses.softmaxCrossEntropy<Tensor2D, Scalar>(wanted, logits)
      },
      [...this.variables.values()].filter(({ trainable }) => trainable),
    )
  }

  /** TensorFlow.js's name of the variable that holds a parameter. */
  nameOf(parameter: string): string {
    return this.variable(parameter).name
  }

  dispose(): void {
    this.optimiser.dispose()
    for (const variable of this.variables.values()) variable.dispose()
  }

  private logits(clips: Tensor5D, dropout: number): Tensor2D {
    const { alpha } = this.options.settings
    const slow = tf.gather(clips, slowFrames(clips.shape[1], alpha), 1)
    let pathways = [slow, clips].map((x, i) => {
      const name = `s1.pathway${i}_stem`
      return this.pooled(tf.relu(this.unit(x, `${name}.conv`, `${name}.bn`, [1, 2, 2])))
    })
    for (let stage = 1; stage < 5; stage++) {
      const fuse = `s${stage}_fuse`
      const carried = tf.relu(this.unit(pathways[1]!, `${fuse}.conv_f2s`, `${fuse}.bn`, [alpha, 1, 1]))
      pathways = [tf.concat([pathways[0]!, carried], 4), pathways[1]!].map((x, i) =>
        [0, 1].reduce(
          (y, block) =>
            this.block(y, `s${stage + 1}.pathway${i}_res${block}`, stage > 1 && block === 0 ? 2 : 1),
          x,
        ),
      )
    }
    const features = tf.concat(
      pathways.map((x) => tf.mean<Tensor2D>(x, [1, 2, 3])),
      1,
    )
    const kept = dropout > 0 ? tf.dropout(features, dropout) : features
    return tf.add(
      tf.matMul(kept, this.variable('head.projection.weight')),
      this.variable('head.projection.bias'),
    )
  }

  private block(x: Tensor5D, name: string, stride: number): Tensor5D {
    const branch = `${name}.branch2`
    const strides: Triple = [1, stride, stride]
    const a = tf.relu(this.unit(x, `${branch}.a`, `${branch}.a_bn`))
    const b = tf.relu(this.unit(a, `${branch}.b`, `${branch}.b_bn`, strides))
    const c = this.unit(b, `${branch}.c`, `${branch}.c_bn`)
    const side = this.variables.has(`${name}.branch1.weight`)
      ? this.unit(x, `${name}.branch1`, `${name}.branch1_bn`, strides)
      : x
    return tf.relu(tf.add(c, side))
  }

  private unit(x: Tensor5D, conv: string, norm: string, stride: Triple = [1, 1, 1]): Tensor5D {
    return this.normalised(this.convolved(x, `${conv}.weight`, stride), norm)
  }

  /** What "same" pads differs from half a kernel on either side where the stride is not 1. */
  private convolved(x: Tensor5D, name: string, stride: Triple): Tensor5D {
    const filter = this.variable(name) as unknown as Tensor5D
    const half = filter.shape.slice(0, 3).map((side) => side >> 1)
    if (stride.every((by) => by === 1)) return tf.conv3d(x, filter, stride, 'same')
    const around = half.every((side) => side === 0)
      ? x
      : tf.pad(x, [[0, 0], ...half.map((side): [number, number] => [side, side]), [0, 0]])
    return tf.conv3d(around, filter, stride, 'valid')
  }

  /** `tf.batchNorm` takes up to four dimensions. */
  private normalised(x: Tensor5D, name: string): Tensor5D {
    const [batch, frames, height, width, channels] = x.shape
    const flat = tf.reshape<tf.Rank.R4>(x, [batch * frames, height, width, channels])
    const { mean, variance } = tf.moments(flat, [0, 1, 2])
    this.move(`${name}.running_mean`, mean as Tensor1D)
    const rows = x.size / channels
    this.move(`${name}.running_var`, tf.mul(variance, rows / Math.max(1, rows - 1)))
    const out = tf.batchNorm(
      flat,
      mean as Tensor1D,
      variance as Tensor1D,
      this.variable(`${name}.bias`) as unknown as Tensor1D,
      this.variable(`${name}.weight`) as unknown as Tensor1D,
      1e-5,
    )
    return tf.reshape(out, x.shape)
  }

  private move(name: string, now: Tensor1D): void {
    const running = this.variable(name)
    running.assign(tf.add(tf.mul(running, 0.9), tf.mul(now, 0.1)))
  }

  /** After a ReLU, so that padding with zeros takes nothing from anything. */
  private pooled(x: Tensor5D): Tensor5D {
    const around = tf.pad(x, [
      [0, 0],
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ])
    return tf.maxPool3d(around, [1, 3, 3], [1, 2, 2], 'valid')
  }

  private variable(name: string): Variable {
    return this.variables.get(name)!
  }
}
