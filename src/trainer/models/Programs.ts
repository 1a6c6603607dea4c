import type { Tensor } from '@tensorflow/tfjs-core'
import { currentKernels } from '../backends/Kernels'
import type { Computation, Program } from '../backends/Kernels'

/** More than the shapes of a long cycle's stage with its short cycle, an evaluation and their parts. */
const keptAtMost = 16

/** The programs of a network, each made at the first run with inputs of its shapes; those used last are kept. */
export class Programs {
  private readonly kept = new Map<string, Program>()

  /** `name` says everything that `compute` depends on beside its inputs. */
  run(name: string, compute: Computation, inputs: readonly Tensor[]): Tensor[] {
    const key = [name, ...inputs.map(({ shape, dtype }) => `${dtype} ${shape.join('x')}`)].join('; ')
    const program = this.kept.get(key) ?? currentKernels().program(compute)
    this.kept.delete(key)
    try {
      const outputs = program.run(inputs)
      this.kept.set(key, program)
      this.forgetOldest()
      return outputs
    } catch (error) {
      // What failed, for want of memory say, holds on to none.
      program.dispose()
      throw error
    }
  }

  dispose(): void {
    for (const program of this.kept.values()) program.dispose()
    this.kept.clear()
  }

  private forgetOldest(): void {
    const [oldest] = this.kept
    if (this.kept.size <= keptAtMost || !oldest) return
    oldest[1].dispose()
    this.kept.delete(oldest[0])
  }
}
