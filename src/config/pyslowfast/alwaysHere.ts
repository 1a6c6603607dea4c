/** What a config can say and a schedule cannot: the one value that is kept to here, and what happens instead of others. */
export interface Always {
  readonly value: unknown
  readonly instead: string
}

/** Keys that a schedule has no place for although they change a training. */
export const alwaysHere: Readonly<Record<string, Always>> = {
  NUM_SHARDS: { value: 1, instead: 'one machine trains, with TRAIN.BATCH_SIZE as written' },
  'AUG.ENABLE': { value: false, instead: 'clips are scaled, cropped and mirrored only' },
  'BN.WEIGHT_DECAY': { value: 0, instead: 'normalisation has no weight decay' },
  'DATA.INV_UNIFORM_SAMPLE': { value: false, instead: 'the short side is drawn uniformly' },
  'DATA.REVERSE_INPUT_CHANNEL': { value: false, instead: 'channels are red, green, blue' },
  'DATA.TRAIN_JITTER_SCALES_RELATIVE': { value: [], instead: 'DATA.TRAIN_JITTER_SCALES counts' },
  'DETECTION.ENABLE': { value: false, instead: 'clips are classified' },
  'MIXUP.ENABLE': { value: false, instead: 'clips are not mixed' },
  'MODEL.DROPCONNECT_RATE': { value: 0, instead: 'no block is dropped' },
  'MODEL.LOSS_FUNC': { value: 'cross_entropy', instead: 'the loss is cross entropy' },
  'RESNET.NUM_GROUPS': { value: 1, instead: 'convolutions have one group' },
  'SOLVER.BASE_LR_SCALE_NUM_SHARDS': { value: false, instead: 'rates are as written' },
  'SOLVER.CLIP_GRAD_VAL': { value: null, instead: 'SOLVER.CLIP_GRAD_L2NORM limits the gradient' },
  'SOLVER.DAMPENING': { value: 0, instead: 'momentum is not dampened' },
  'SOLVER.OPTIMIZING_METHOD': { value: 'sgd', instead: 'the optimiser is sgd' },
  'TRAIN.CHECKPOINT_FILE_PATH': { value: '', instead: 'model.init takes weights, from a .safetensors file' },
}
