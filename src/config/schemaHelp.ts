/** What completion and hover say beyond a description: VS Code's own words in a JSON Schema, which validators pass over. */
export interface SchemaHelp {
  /** One for each of the key's values, in their order. */
  readonly enumDescriptions?: readonly string[]
  readonly defaultSnippets?: readonly Snippet[]
}

export interface Snippet {
  readonly label: string
  readonly description: string
  readonly body: unknown
}

/** By the key. */
export const schemaHelp: Readonly<Record<string, SchemaHelp>> = {
  '': {
    defaultSnippets: [
      {
        label: 'schedule',
        description: 'A multigrid training with a folder per class',
        body: {
          data: { train: '${1:data/train}', val: '${2:data/val}', frames: 16, stride: 2, crop: 112 },
          model: { arch: 'slowfast', depth: 18, width: 16 },
          train: { batch: 8, epochs: 60, steps: [0, 30, 45, 54] },
          multigrid: { longCycle: true, shortCycle: true, epochFactor: 1.5 },
        },
      },
    ],
  },
  'data.layout': {
    enumDescriptions: [
      'Looks at what `train` names.',
      'A folder with one sub-folder of clips per class.',
      'Rows of a path and a label, with blanks, commas, tabs or semicolons between; or JSON.',
      'The official Kinetics annotations, or rows of a video with its start and end seconds.',
      'trainlist01.txt and testlist01.txt, with classInd.txt beside them.',
      'The folder of the split files; FOLDER/split2 is the second split.',
      'Something-Something: JSON of ids and templates.',
      'Jester, and the first Something-Something: `id;class` in rows.',
      'MMAction2: several labels, or folders of pictures and how many.',
      'PySlowFast’s lists of frames for Charades, with several labels.',
    ],
  },
  'data.jitter': {
    defaultSnippets: [
      { label: '[256, 320]', description: 'For crops of 224 pixels, as in the papers', body: [256, 320] },
      { label: '[128, 160]', description: 'For crops of 112 pixels, in proportion', body: [128, 160] },
    ],
  },
  'data.crops': {
    enumDescriptions: ['The middle.', 'Beginning, middle and end of the longer side: three times the work.'],
  },
  'model.arch': {
    enumDescriptions: [
      'Two pathways: few frames with many channels, many frames with few (Feichtenhofer et al. 2019).',
      'The slow pathway of SlowFast alone.',
      'Inflated 3D convolutions (Carreira and Zisserman 2017). It halves the frames after its first stage.',
      '2D convolutions, and frames pooled. It halves the frames after its first stage.',
    ],
  },
  'model.nonLocal': {
    enumDescriptions: [
      'None.',
      'With the affinity usual for the architecture.',
      'Normalised by a softmax (Wang et al. 2018).',
      'Normalised by the number of places.',
    ],
  },
  'model.norm': {
    defaultSnippets: [
      {
        label: 'plain',
        description: 'Statistics over each device’s clips',
        body: { kind: 'plain' },
      },
      {
        label: 'split',
        description: 'Statistics over parts of each device’s clips',
        body: { kind: 'split', splits: '^${1:2}' },
      },
      {
        label: 'sync',
        description: 'Statistics over several devices',
        body: { kind: 'sync', devices: '^${1:2}' },
      },
    ],
  },
  'train.steps': {
    defaultSnippets: [
      {
        label: '[0, 94, 154, 196]',
        description: 'The Kinetics recipe, of 239 epochs',
        body: [0, 94, 154, 196],
      },
      { label: '[0, 30, 45, 54]', description: 'Four stages of 60 epochs', body: [0, 30, 45, 54] },
    ],
  },
  'train.policy': {
    enumDescriptions: ['The rate falls at each step.', 'The rate falls along half a cosine.'],
  },
  'train.warmup': {
    defaultSnippets: [
      {
        label: 'warmup',
        description: 'Epochs that it takes, and the rate that it begins with',
        body: { epochs: '^${1:5}', from: '^${2:0.001}' },
      },
    ],
  },
  multigrid: {
    defaultSnippets: [
      {
        label: 'both cycles',
        description: 'As in the paper',
        body: { longCycle: true, shortCycle: true, epochFactor: 1.5 },
      },
      {
        label: 'without multigrid',
        description: 'One shape, and the epochs as given',
        body: { longCycle: false, shortCycle: false },
      },
    ],
  },
  'multigrid.epochFactor': {
    defaultSnippets: [1, 1.5, 2, 3].map((body) => ({
      label: String(body),
      description: body === 1 ? 'The epochs of a training without multigrid' : `${body} times as many epochs`,
      body,
    })),
  },
  'multigrid.longCycleFactors': {
    defaultSnippets: [
      {
        label: 'as in the paper',
        description: 'Four shapes, of an eighth of the pixels to all of them',
        body: [
          [0.25, 0.7071],
          [0.5, 0.7071],
          [0.5, 1],
          [1, 1],
        ],
      },
    ],
  },
  'multigrid.shortCycleFactors': {
    defaultSnippets: [
      {
        label: 'as in the paper',
        description: 'Crops of a quarter and of half the area, then the full one',
        body: [0.5, 0.7071],
      },
    ],
  },
  'engine.backend': {
    enumDescriptions: [
      'The fastest that works.',
      'TensorFlow on an NVIDIA GPU.',
      'TensorFlow on the processor.',
      'WebAssembly: needs nothing installed, and is many times slower.',
    ],
  },
}
