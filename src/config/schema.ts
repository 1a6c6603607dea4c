import * as z from 'zod'
import { flag, integer, list, oneOf, pair, positive, real, share, text } from './leaves'

const workersError = 'must be "auto" or a whole number from 0 to 256'

const data = z
  .strictObject(
    {
      train: text('the path of a folder or list').describe(
        'Training clips: a folder with one sub-folder per class, or a list (.csv, .txt or .json). Relative to this file.',
      ),
      val: text('the path of a folder or list')
        .optional()
        .describe('Validation clips, as `train`. Without it nothing is evaluated.'),
      layout: oneOf([
        'auto',
        'folders',
        'list',
        'kinetics',
        'ucf101',
        'hmdb51',
        'something',
        'jester',
        'mmaction',
        'charades',
      ])
        .default('auto')
        .describe('How `train` and `val` name clips and their classes; "auto" looks at them.'),
      root: text('the path of a folder')
        .optional()
        .describe(
          'Folder that relative paths of lists start from. Relative to this file. Default: the list’s own folder.',
        ),
      labels: text('the path of a file that names the classes')
        .optional()
        .describe(
          'File that names the classes: labels.json, classInd.txt, or one name a line. Relative to this file. Default: one that lies beside the list.',
        ),
      multiLabel: flag()
        .optional()
        .describe('Clips may have several labels, or none. Default: what the lists say.'),
      followLinks: flag()
        .default(false)
        .describe('Take clips from outside the data set’s folder, where links or ".." lead there.'),
      frames: integer(1, 1024).default(16).describe('Frames of a clip at the full shape.'),
      stride: integer(1, 256)
        .default(2)
        .describe('Video frames from one frame of a clip to the next, at the full shape.'),
      fps: positive(1000)
        .optional()
        .describe(
          'Frames a second that `stride` counts, whatever a video’s own rate: 30 in PySlowFast. Default: each video’s own frames.',
        ),
      crop: integer(1, 2048).default(112).describe('Side of the square crop in pixels, at the full shape.'),
      jitter: pair(integer(1, 8192), integer(1, 8192), '[smallest, largest] short side in pixels, whole')
        .optional()
        .describe(
          'Range of the short side, in pixels, that a frame is scaled to before the crop. Default: in proportion to the crop, [256, 320] for 224.',
        ),
      flip: flag()
        .default(true)
        .describe('Mirror clips at random. Switch it off where left and right matter.'),
      views: integer(1, 100)
        .default(1)
        .describe('Clips taken evenly over the length of each validation video; their scores are averaged.'),
      crops: oneOf([1, 3])
        .default(1)
        .describe('Squares of each: the middle, or beginning, middle and end of the longer side.'),
      mean: list(real(0, 1), 3, 3, 'numbers from 0 to 1 (red, green, blue)')
        .default([0.45, 0.45, 0.45])
        .describe('Subtracted from pixels scaled to 0..1, per channel.'),
      std: list(positive(1), 3, 3, 'numbers above 0, at most 1 (red, green, blue)')
        .default([0.225, 0.225, 0.225])
        .describe('Pixels are divided by it after `mean` is subtracted, per channel.'),
      workers: z
        .union([z.literal('auto'), integer(0, 256, workersError)], { error: workersError })
        .default('auto')
        .describe('Threads that decode videos; "auto": as many as there are cores.'),
      cacheMiB: integer(0, 1_048_576)
        .default(1024)
        .describe('Memory for decoded clips, in MiB; 0 decodes every time.'),
      diskCacheMiB: integer(0, 1_073_741_824)
        .default(0)
        .describe(
          'Disk for decoded clips, in MiB, in .multigrid/clips beside the schedule; they stay from run to run, and the folder can be deleted at any time. 0: none.',
        ),
    },
    { error: 'must be an object in braces, with at least "train"' },
  )
  .describe('What to train on, and how clips are cut from videos.')

const norm = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('plain') }),
    z.strictObject({
      kind: z.literal('split'),
      splits: integer(1, 65_536).describe('Parts of the batch that are normalised apart.'),
    }),
    z.strictObject({
      kind: z.literal('sync'),
      devices: integer(1, 1024).describe('Devices that share their statistics.'),
    }),
  ],
  {
    error:
      'must be { "kind": "plain" }, { "kind": "split", "splits": … } or { "kind": "sync", "devices": … }',
  },
)

const model = object({
  arch: oneOf(['slowfast', 'slow', 'i3d', 'c2d'])
    .default('slowfast')
    .describe('Architecture of the network.'),
  depth: oneOf([18, 50, 101]).default(18).describe('Layers of the residual network: 18, 50 or 101.'),
  width: integer(1, 1024)
    .default(16)
    .describe('Channels of the stem and of the first stage’s bottlenecks; 64 in the papers.'),
  alpha: integer(1, 64)
    .default(4)
    .describe('SlowFast: frames of the fast pathway for one of the slow pathway.'),
  betaInv: integer(1, 64)
    .default(8)
    .describe('SlowFast: channels of the slow pathway for one of the fast pathway.'),
  nonLocal: oneOf([false, true, 'softmax', 'dot_product'])
    .default(false)
    .describe('Non-local blocks: none, those usual for the architecture, or with the affinity named.'),
  dropout: real(0, 0.99)
    .default(0.5)
    .describe('Share of the features that is dropped before the classifier.'),
  norm: norm
    .optional()
    .describe(
      'Batch normalisation where no long cycle sets it: over each device’s clips ("plain"), over parts of them ("split"), or over several devices ("sync"). Default: plain.',
    ),
  init: text('the path of a .safetensors file')
    .optional()
    .describe('Weights to start from: a .safetensors file with PySlowFast’s names. Relative to this file.'),
}).describe('The network.')

const warmup = z.strictObject(
  {
    epochs: real(0, 1_000_000).describe('Length of the warm-up in epochs; it may be fractional.'),
    from: real(0, 1000).describe('Learning rate that the warm-up begins with.'),
  },
  { error: 'must be an object { "epochs": …, "from": … }' },
)

const train = object({
  batch: integer(1, 65_536)
    .default(8)
    .describe('Clips per step at the full shape, over all devices. Smaller shapes take more.'),
  epochs: integer(1, 1_000_000)
    .default(239)
    .describe('Epochs of the training without multigrid; `multigrid.epochFactor` multiplies them.'),
  steps: list(integer(0, 1_000_000), 1, 64, 'epochs')
    .optional()
    .describe(
      'First epoch of each learning-rate stage, the first of them 0, counted as without multigrid. Default: the stages of the Kinetics recipe, in proportion to `epochs`.',
    ),
  gamma: positive(1).default(0.1).describe('What the learning rate is multiplied with at each step.'),
  rates: list(real(0, 1_000_000), 1, 64, 'numbers from 0')
    .optional()
    .describe(
      'Learning rate of each stage as a share of `learningRate`, one for each of `steps`. Default: powers of `gamma`.',
    ),
  policy: oneOf(['steps', 'cosine'])
    .default('steps')
    .describe(
      '"steps": the rate falls at each step. "cosine": it falls along half a cosine, and `steps` only place the long cycles.',
    ),
  learningRate: positive(1000)
    .optional()
    .describe(
      'Learning rate for `batch` clips; grown batches scale it. Default: in proportion to the batch, 0.1 for 64.',
    ),
  warmup: warmup
    .optional()
    .describe(
      'Linear growth of the learning rate at the start. Default: a seventh of the epochs, from a tenth of the rate.',
    ),
  finalLearningRate: real(0, 1000).optional().describe('Learning rate that a cosine ends with. Default: 0.'),
  cosineAfterWarmup: flag()
    .optional()
    .describe('Begin the cosine where the warm-up ends. Default: it runs from epoch 0, below the warm-up.'),
  momentum: real(0, 0.9999).default(0.9).describe('Momentum of the stochastic gradient descent.'),
  nesterov: flag().default(true).describe('Use Nesterov’s momentum.'),
  weightDecay: real(0, 1)
    .default(1e-4)
    .describe('L2 penalty on the weights, without those of normalisation layers.'),
  noBiasDecay: flag().default(false).describe('No weight decay on biases either.'),
  gradientClip: positive(1e6)
    .optional()
    .describe(
      'Largest Euclidean norm of the gradient; a larger one is scaled down to it. Default: no limit.',
    ),
  seed: integer(0, 4_294_967_295)
    .default(0)
    .describe('Seed of initial weights, order of clips, crops and strides.'),
  evaluateEvery: integer(1, 1_000_000)
    .default(10)
    .describe(
      'Epochs from one evaluation to the next where there is no long cycle; else see `multigrid.evaluationsPerShape`.',
    ),
  preciseBatches: integer(0, 100_000)
    .default(0)
    .describe(
      'Training batches over which the statistics of batch normalisation are taken anew before each evaluation ("precise BN"); 0 evaluates with the moving averages.',
    ),
  checkpointEvery: integer(1, 1_000_000).default(1).describe('Epochs from one checkpoint to the next.'),
}).describe('Optimisation, as a training without multigrid would have it.')

const multigrid = object({
  longCycle: flag()
    .default(true)
    .describe(
      'Go through clips of growing size within each learning-rate stage but the last, which trains at the full shape.',
    ),
  shortCycle: flag().default(true).describe('Change the crop from step to step, and the batch with it.'),
  epochFactor: positive(100)
    .default(1.5)
    .describe(
      'How many times more epochs than without multigrid. Small clips are cheap: 1.5 still trains several times faster.',
    ),
  longCycleFactors: list(
    pair(share(), share(), '[frames, size], each above 0, at most 1'),
    1,
    8,
    'pairs [frames, size]',
  )
    .default([
      [0.25, Math.SQRT1_2],
      [0.5, Math.SQRT1_2],
      [0.5, 1],
      [1, 1],
    ])
    .describe('Shapes of the long cycle in order: shares of `data.frames` and `data.crop`.'),
  shortCycleFactors: list(share(), 0, 4, 'numbers above 0, at most 1')
    .default([0.5, Math.SQRT1_2])
    .describe(
      'Crops of the short cycle as shares of `data.crop`; the step after them has the crop of the long cycle.',
    ),
  bnBase: integer(1, 65_536)
    .default(8)
    .describe('Clips that batch normalisation takes its statistics over, whatever the batch.'),
  evaluationsPerShape: integer(1, 1000)
    .default(3)
    .describe('Evaluations within each stretch of epochs at one shape, about.'),
}).describe('The cycles of shapes (Wu et al., CVPR 2020).')

const engine = object({
  backend: oneOf(['auto', 'tfjs-node-gpu', 'tfjs-node', 'wasm'])
    .default('auto')
    .describe('What computes: a GPU, the processor, or WebAssembly; "auto" takes the fastest that works.'),
  devices: integer(1, 1024).default(1).describe('Devices that share a batch.'),
}).describe('Where to train.')

/** The schedule file. One definition for its types, its checks, and the JSON Schema that the editor reads. */
export const scheduleSchema = z
  .strictObject(
    {
      $schema: text('an address').optional().describe('Address of a JSON Schema, for other editors.'),
      name: text('a name')
        .max(100, { error: 'must be at most 100 characters' })
        .optional()
        .describe('Name of the runs. Default: the file’s name.'),
      data,
      model,
      train,
      multigrid,
      engine,
    },
    { error: 'must be an object in braces: { "data": { "train": "…" } }' },
  )
  .describe('A multigrid training: data, network, optimisation and cycles of shapes.')

/** A schedule file as written. */
export type ScheduleFile = z.input<typeof scheduleSchema>

/** A schedule file with the defaults that do not depend on other keys. */
export type FilledFile = z.output<typeof scheduleSchema>

type Required<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: Exclude<T[P], undefined> }

/** A schedule with every default filled in; the paths are as in the file until `resolvePaths`. */
export interface Config {
  readonly name: string
  readonly data: Readonly<Required<FilledFile['data'], 'jitter'>>
  readonly model: Readonly<FilledFile['model']>
  readonly train: Readonly<Required<FilledFile['train'], 'steps' | 'learningRate' | 'warmup'>>
  readonly multigrid: Readonly<FilledFile['multigrid']>
  readonly engine: Readonly<FilledFile['engine']>
}

function object<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, { error: 'must be an object in braces' }).prefault({} as never)
}
