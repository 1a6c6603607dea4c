import {
  affinityOf,
  architectures,
  blocksByDepth,
  lateralKernelOf,
  lateralRatio,
  nonLocalAfter,
} from './architecture'
import type { NetworkSettings } from './settings'
import { windows } from './windows'

/** The activations of one clip. */
interface Extent {
  readonly frames: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

type Triple = readonly [frames: number, height: number, width: number]

/**
 * Multiply-adds that one clip of frames × size × size costs in evaluation, which the field calls FLOPs: convolutions,
 * attention and the classifier, as the published tables count. A training step costs about three times as much a clip.
 */
export function flops(
  settings: NetworkSettings,
  classes: number,
  { frames, size }: { readonly frames: number; readonly size: number },
): number {
  const tally = new Tally()
  const { pathways, halvesTime } = architectures[settings.arch]
  const two = pathways.length === 2
  const clip = { height: size, width: size, channels: 3 }
  let lanes: Extent[] = pathways.map(({ stem }, index) => {
    const seen = two && index === 0 ? Math.floor(frames / settings.alpha) : frames
    const pixels = { ...clip, frames: seen }
    return inSpace(tally.convolution(pixels, widthOf(settings, index), [stem, 7, 7], [1, 2, 2]), 3)
  })
  const across = (): void => {
    if (two) lanes = [merged(tally, settings, lanes[0]!, lanes[1]!), lanes[1]!]
  }
  across()
  for (const [stage, blocks] of blocksByDepth[settings.depth].entries()) {
    lanes = pathways.map(({ stages }, index) => {
      const inner = widthOf(settings, index) * 2 ** stage
      const kernels = stages[stage]!
      let x = lanes[index]!
      for (let block = 0; block < blocks; block++) {
        const stride = stage > 0 && block === 0 ? 2 : 1
        x = bottleneck(tally, x, { inner, kernel: kernels[block % kernels.length]!, stride })
        const attends = index === 0 && affinityOf(settings) && nonLocalAfter[stage]!.includes(block)
        if (attends) nonLocal(tally, x)
      }
      return stage === 0 && halvesTime ? { ...x, frames: Math.floor(x.frames / 2) } : x
    })
    if (stage < 3) across()
  }
  const features = lanes.reduce((sum, { channels }) => sum + channels, 0)
  return tally.multiplyAdds + features * classes
}

/** Counts what is computed on the way, and says what comes out. */
class Tally {
  multiplyAdds = 0

  convolution(x: Extent, channels: number, kernel: Triple, stride: Triple = [1, 1, 1]): Extent {
    const out = {
      frames: windows(x.frames, kernel[0], stride[0]),
      height: windows(x.height, kernel[1], stride[1]),
      width: windows(x.width, kernel[2], stride[2]),
      channels,
    }
    this.multiplyAdds += places(out) * kernel[0] * kernel[1] * kernel[2] * x.channels * channels
    return out
  }
}

function widthOf({ width, betaInv }: NetworkSettings, pathway: number): number {
  return pathway === 0 ? width : width / betaInv
}

/** The slow pathway after the fast one was carried over to it. */
function merged(tally: Tally, settings: NetworkSettings, slow: Extent, fast: Extent): Extent {
  const kernel = [lateralKernelOf(settings), 1, 1] as const
  const carried = tally.convolution(fast, lateralRatio * fast.channels, kernel, [settings.alpha, 1, 1])
  return { ...slow, channels: slow.channels + carried.channels }
}

function bottleneck(
  tally: Tally,
  x: Extent,
  { inner, kernel, stride }: { inner: number; kernel: number; stride: number },
): Extent {
  const channels = 4 * inner
  const across = [1, stride, stride] as const
  if (x.channels !== channels || stride !== 1) tally.convolution(x, channels, [1, 1, 1], across)
  const a = tally.convolution(x, inner, [kernel, 1, 1])
  const b = tally.convolution(a, inner, [1, 3, 3], across)
  return tally.convolution(b, channels, [1, 1, 1])
}

/** Every place attends to the others of the halved picture, at half the channels. */
function nonLocal(tally: Tally, x: Extent): void {
  const inner = x.channels / 2
  const pooled = inSpace(x, 2)
  tally.convolution(x, inner, [1, 1, 1])
  tally.convolution(pooled, inner, [1, 1, 1])
  tally.convolution(pooled, inner, [1, 1, 1])
  tally.multiplyAdds += 2 * places(x) * places(pooled) * inner
  tally.convolution({ ...x, channels: inner }, x.channels, [1, 1, 1])
}

/** After a pool of side × side places at every other one. */
function inSpace(x: Extent, side: number): Extent {
  return { ...x, height: windows(x.height, side, 2), width: windows(x.width, side, 2) }
}

function places({ frames, height, width }: Extent): number {
  return frames * height * width
}
