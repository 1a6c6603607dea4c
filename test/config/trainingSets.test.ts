import { expect, it } from 'vitest'
import { trainingSets } from '../../src/config/trainingSets'

it.each([
  [['train', 'val', 'README.md'], [{ train: 'train', val: 'val' }]],
  [['Train', 'Validation'], [{ train: 'Train', val: 'Validation' }]],
  [['test', 'training'], [{ train: 'training', val: 'test' }]],
  [['train.csv', 'val.csv', 'val.txt'], [{ train: 'train.csv', val: 'val.csv' }]],
  [
    ['trainlist01.txt', 'testlist01.txt', 'trainlist02.txt', 'classInd.txt'],
    [{ train: 'trainlist01.txt', val: 'testlist01.txt' }, { train: 'trainlist02.txt' }],
  ],
  [
    ['kinetics400_train_list.txt', 'kinetics400_val_list.txt'],
    [{ train: 'kinetics400_train_list.txt', val: 'kinetics400_val_list.txt' }],
  ],
  [['something-something-v2-train.json'], [{ train: 'something-something-v2-train.json' }]],
  [['trains', 'trainer.txt', 'constraint.csv', 'train.mp4', 'val'], []],
])('among %j are %j', (names, sets) => expect(trainingSets(names)).toEqual(sets))
