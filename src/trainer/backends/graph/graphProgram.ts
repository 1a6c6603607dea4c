import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Computation, Program } from '../Kernels'
import { nativeBackend } from '../nativeBackend'
import { stepwise } from '../stepwise'
import { GraphRecorder, inputName, outputName } from './GraphRecorder'
import { savedModel, tag } from './savedModel'
import type { Graph } from './savedModel'

/** A graph in TensorFlow's hands. */
interface LoadedGraph {
  readonly id: number
  readonly inputs: readonly { readonly name: string }[]
  readonly outputs: readonly string[]
}

/**
 * A computation that TensorFlow runs as one graph: no JavaScript between its operations, independent ones side by side.
 * It is recorded with the inputs of its first run, without computing, and handed over in the one form that
 * TensorFlow.js can load. A graph that cannot be handed over (a full disk) is gone through operation by operation.
 */
export function graphProgram(compute: Computation): Program {
  let graph: LoadedGraph | undefined
  let given = false
  return {
    run(inputs) {
      if (!given) graph = handOver(compute, inputs)
      given = true
      if (!graph) return stepwise(compute).run(inputs)
      return nativeBackend().runSavedModel(graph.id, inputs, graph.inputs, graph.outputs)
    },
    dispose() {
      if (graph) nativeBackend().deleteSavedModel(graph.id)
      graph = undefined
      given = false
    },
  }
}

function handOver(compute: Computation, inputs: readonly Tensor[]): LoadedGraph | undefined {
  const backend = nativeBackend()
  let graph: Graph | undefined
  tf.tidy(() => {
    graph = GraphRecorder.record(backend, inputs, () => compute(inputs))
  })
  let folder: string | undefined
  try {
    folder = mkdtempSync(path.join(tmpdir(), 'multigrid-graph-'))
    writeFileSync(path.join(folder, 'saved_model.pb'), savedModel(graph!))
    return {
      id: backend.loadSavedModelMetaGraph(folder, tag),
      inputs: inputs.map((_, index) => ({ name: `${inputName(index)}:0` })),
      outputs: graph!.outputs.map((_, index) => `${outputName(index)}:0`),
    }
  } catch (error) {
    console.error(
      `A graph could not be handed to TensorFlow, so that steps run slower: ${(error as Error).message}`,
    )
    return undefined
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}
