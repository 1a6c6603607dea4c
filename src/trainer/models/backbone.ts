import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D, Tensor5D } from '@tensorflow/tfjs-core'
import {
  affinityOf,
  architectures,
  blocksByDepth,
  lateralKernelOf,
  lateralRatio,
  nonLocalAfter,
} from '../../network/architecture'
import type { Pathway } from '../../network/architecture'
import type { Blueprint } from './Blueprint'
import { bottleneck } from './bottleneck'
import type { Frames } from './Frames'
import { lateral } from './lateral'
import type { Lateral, LateralPass } from './lateral'
import { sequence } from './Layer'
import type { Layer, Pass, Run } from './Layer'
import { framePool, stemPool } from './maxPool'
import { nonLocal } from './nonLocal'
import type { NetworkSettings } from '../../network/settings'
import { slowFrames } from './slowFrames'
import { pixelUnit } from './unit'
import type { PixelUnit } from './unit'

/** Everything between the pixels and the head. */
export interface Backbone {
  /** Channels that each pathway ends with. */
  readonly channels: readonly number[]
  forward(clips: Tensor5D, run: Run): BackbonePass
}

export interface BackbonePass {
  readonly outs: readonly Frames[]
  /** Leaves the gradients of all parameters in the run. */
  back(outGradients: readonly Tensor4D[]): void
}

/** The stem and the four stages of one pathway. */
interface Lane {
  readonly stem: PixelUnit
  readonly stages: readonly Layer[]
  /** Frames of the clip for one that this pathway sees. */
  readonly every: number
}

export function backbone(blueprint: Blueprint, settings: NetworkSettings): Backbone {
  const { pathways } = architectures[settings.arch]
  const widths = pathways.map((_, index) =>
    index === 0 ? settings.width : settings.width / settings.betaInv,
  )
  const two = pathways.length === 2
  const carried = two ? lateralRatio * widths[1]! : 0
  const lanes = pathways.map((pathway, index) =>
    lane(blueprint, settings, pathway, {
      index,
      width: widths[index]!,
      extra: index === 0 ? carried : 0,
      every: two && index === 0 ? settings.alpha : 1,
    }),
  )
  const { alpha } = settings
  const kernel = lateralKernelOf(settings)
  const laterals = two
    ? [1, 4, 8, 16].map((times, i) =>
        lateral(blueprint, {
          name: `s${i + 1}_fuse`,
          from: times * widths[1]!,
          alpha,
          kernel,
        }),
      )
    : []
  return {
    channels: widths.map((width) => 32 * width),
    forward: (clips, run) => forward(lanes, laterals, clips, run),
  }
}

interface LaneOptions {
  readonly index: number
  readonly width: number
  /** Channels that a lateral connection adds after the stem; each stage doubles or quadruples them as its own. */
  readonly extra: number
  readonly every: number
}

function lane(blueprint: Blueprint, settings: NetworkSettings, pathway: Pathway, options: LaneOptions): Lane {
  const { index, width, extra, every } = options
  const affinity = index === 0 ? affinityOf(settings) : undefined
  const stem = pixelUnit(blueprint, {
    name: `s1.pathway${index}_stem.conv`,
    norm: `s1.pathway${index}_stem.bn`,
    from: 3,
    to: width,
    kernel: [pathway.stem, 7, 7],
    stride: [1, 2, 2],
    relu: true,
  })
  const stages = blocksByDepth[settings.depth].map((count, stage) => {
    const inner = width * 2 ** stage
    const to = 4 * inner
    const from = stage === 0 ? width + extra : 2 * (inner + extra * 2 ** stage)
    const layers = Array.from({ length: count }, (_, block) => {
      const kernels = pathway.stages[stage]!
      const residual = bottleneck(blueprint, {
        name: `s${stage + 2}.pathway${index}_res${block}`,
        from: block === 0 ? from : to,
        inner,
        to,
        temporalKernel: kernels[block % kernels.length]!,
        stride: stage > 0 && block === 0 ? 2 : 1,
      })
      if (!affinity || !nonLocalAfter[stage]!.includes(block)) return [residual]
      const name = `s${stage + 2}.pathway${index}_nonlocal${block}`
      return [residual, nonLocal(blueprint, { name, channels: to, affinity })]
    }).flat()
    const halves = stage === 0 && architectures[settings.arch].halvesTime
    return sequence(halves ? [...layers, framePool] : layers)
  })
  return { stem, stages: [stemPool, ...stages], every }
}

function forward(
  lanes: readonly Lane[],
  laterals: readonly Lateral[],
  clips: Tensor5D,
  run: Run,
): BackbonePass {
  const inputs = lanes.map(({ every }) => seenFrames(clips, every))
  const stems = lanes.map(({ stem }, i) => stem.forward(inputs[i]!, run))
  const steps: { passes: Pass[]; across: LateralPass | undefined }[] = []
  let outs: readonly Frames[] = stems.map((stem) => stem.out)
  for (let stage = 0; stage < 5; stage++) {
    const passes = lanes.map(({ stages }, i) => stages[stage]!.forward(outs[i]!, run))
    outs = passes.map((pass) => pass.out)
    const across = laterals[stage]?.forward(outs[0]!, outs[1]!, run)
    if (across) outs = [across.out, outs[1]!]
    steps.push({ passes, across })
  }
  return {
    outs,
    back(outGradients) {
      let gradients = outGradients
      for (const { passes, across } of steps.reverse()) {
        if (across) gradients = backAcross(across, gradients)
        gradients = passes.map((pass, i) => pass.back(gradients[i]!))
      }
      stems.forEach((stem, i) => stem.back(gradients[i]!))
      for (const { data } of inputs) data.dispose()
    },
  }
}

function backAcross(
  across: LateralPass,
  [slowGradient, fastGradient]: readonly Tensor4D[],
): readonly Tensor4D[] {
  const { slow, fast } = across.back(slowGradient!)
  const sum = tf.add<Tensor4D>(fast, fastGradient!)
  tf.dispose([fast, fastGradient!])
  return [slow, sum]
}

function seenFrames(clips: Tensor5D, every: number): Frames {
  const [count, frames, height, width, channels] = clips.shape
  return tf.tidy(() => {
    const seen = every === 1 ? clips : tf.gather(clips, slowFrames(frames, every), 1)
    const seenCount = seen.shape[1]
    return {
      data: tf.reshape<tf.Rank.R4>(seen, [count * seenCount, height, width, channels]),
      clips: count,
      frames: seenCount,
    }
  })
}
