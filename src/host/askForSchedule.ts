import * as vscode from 'vscode'
import { epochFactors, faultOfClips, faultOfLength, rateOf } from '../config/newScheduleText'
import type { NewSchedule } from '../config/newScheduleText'
import { trainingSets } from '../config/trainingSets'
import type { TrainingSet } from '../config/trainingSets'

/** An answer, one question back, or no more of them. */
type Answer<T> = { readonly chosen: T } | 'back' | undefined

interface Choice<T> extends vscode.QuickPickItem {
  /** Undefined: it is typed. */
  readonly value: T | undefined
}

export interface NamedSchedule extends NewSchedule {
  readonly name: string
}

type Answers = Partial<NamedSchedule>
/** Data that was found, or that a dialog asks for. */
type DataSource = Answers | 'browsed'

/** The four questions of a new schedule and its name, each with a way back; undefined where the person has left. */
export async function askForSchedule(
  folder: vscode.Uri,
  faultOfName: (name: string) => string | undefined,
): Promise<NamedSchedule | undefined> {
  const [data, shape, length, multigrid] = [await dataIn(folder), shapes(), lengths(), goals()]
  const answers: Answers[] = []
  const ask = [
    () => askForData(folder, data),
    () => pick(2, vscode.l10n.t('Which clips, at their full shape?'), shape, typedShape),
    () => pick(3, vscode.l10n.t('How long, with which batch?'), length, typedLength),
    () => pick(4, vscode.l10n.t('How much multigrid?'), multigrid),
    () => askForName(folder, faultOfName),
  ] as const
  while (answers.length < ask.length) {
    const answer: Answer<Answers> = await ask[answers.length]!()
    if (answer === undefined) return undefined
    if (answer === 'back') answers.pop()
    else answers.push(answer.chosen)
  }
  return Object.assign({}, ...answers) as NamedSchedule
}

function shapes(): Choice<Answers>[] {
  return [
    shapeOf(8, 112, vscode.l10n.t('the quickest to try')),
    shapeOf(16, 112, vscode.l10n.t('small networks, a processor')),
    shapeOf(16, 224, vscode.l10n.t('a GPU')),
    shapeOf(32, 224, vscode.l10n.t('as SlowFast is trained on Kinetics')),
    { label: vscode.l10n.t('Others…'), value: undefined },
  ]
}

function shapeOf(frames: number, crop: number, description: string): Choice<Answers> {
  return { label: `${frames} × ${crop}²`, description, value: { frames, crop } }
}

function lengths(): Choice<Answers>[] {
  return [
    lengthOf(60, 8, vscode.l10n.t('small data sets')),
    lengthOf(100, 16, vscode.l10n.t('UCF101, HMDB51')),
    lengthOf(239, 64, vscode.l10n.t('Kinetics, eight GPUs’ worth of memory')),
    { label: vscode.l10n.t('Others…'), value: undefined },
  ]
}

function lengthOf(epochs: number, batch: number, description: string): Choice<Answers> {
  return {
    label: vscode.l10n.t('{0} epochs, batch {1}', epochs, batch),
    description: vscode.l10n.t('learning rate {0} · {1}', rateOf(batch), description),
    value: { epochs, batch },
  }
}

function goals(): Choice<Answers>[] {
  const factor = (goal: keyof typeof epochFactors): string =>
    vscode.l10n.t('{0} epochs for each one of a plain training', epochFactors[goal])
  return [
    { label: vscode.l10n.t('Balanced'), description: factor('balanced'), value: { multigrid: 'balanced' } },
    { label: vscode.l10n.t('Fast'), description: factor('fast'), value: { multigrid: 'fast' } },
    { label: vscode.l10n.t('Careful'), description: factor('careful'), value: { multigrid: 'careful' } },
    {
      label: vscode.l10n.t('None'),
      description: vscode.l10n.t('a plain training, to compare with'),
      value: { multigrid: 'none' },
    },
  ]
}

/** Folders with a `train` in them and lists that are named so, in the workspace and two folders below. */
async function dataIn(root: vscode.Uri): Promise<Choice<DataSource>[]> {
  const found: TrainingSet[] = []
  let folders = ['']
  for (let depth = 0; depth < deepest; depth++) {
    const below: string[] = []
    for (const within of folders.slice(0, mostFolders)) {
      const entries = await entriesOf(within === '' ? root : vscode.Uri.joinPath(root, within))
      const sets = trainingSets(entries.map(([name]) => name))
      found.push(...sets.map((set) => inFolder(within, set)))
      // What lies below a data set are its classes.
      if (sets.length === 0)
        below.push(...entries.filter(isFolder).map(([name]) => (within === '' ? name : `${within}/${name}`)))
    }
    folders = below
  }
  return [
    ...found.map((data) => ({
      label: data.train,
      description: data.val === undefined ? '' : vscode.l10n.t('validated on {0}', data.val),
      value: { data },
    })),
    { label: vscode.l10n.t('Browse…'), value: 'browsed' },
    { label: vscode.l10n.t('A path…'), value: undefined },
  ]
}

const totalSteps = 5
const deepest = 3
const mostFolders = 200
const mostEntries = 1000

const entriesOf = (folder: vscode.Uri): Thenable<[string, vscode.FileType][]> =>
  vscode.workspace.fs.readDirectory(folder).then(
    (all) => all.slice(0, mostEntries),
    () => [],
  )

const isFolder = ([name, type]: [string, vscode.FileType]): boolean =>
  (type & vscode.FileType.Directory) > 0 && !name.startsWith('.') && name !== 'node_modules'

const inFolder = (within: string, { train, val }: TrainingSet): TrainingSet =>
  within === ''
    ? { train, ...(val !== undefined && { val }) }
    : { train: `${within}/${train}`, ...(val !== undefined && { val: `${within}/${val}` }) }

/** The sets of the folder that is chosen; a folder that has none is trained on itself, as is a list. */
async function browsedData(root: vscode.Uri): Promise<Answers | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('What is trained on?'),
      openLabel: vscode.l10n.t('Train on It'),
      canSelectFolders: true,
      canSelectFiles: false,
      defaultUri: root,
    })) ?? []
  if (!chosen) return undefined
  const here = chosen.path.startsWith(`${root.path}/`)
    ? chosen.path.slice(root.path.length + 1)
    : chosen.fsPath
  const [set] = trainingSets((await entriesOf(chosen)).map(([name]) => name))
  return { data: set ? inFolder(here, set) : { train: here } }
}

async function typedData(): Promise<Answers | undefined> {
  const train = await input(
    vscode.l10n.t('A folder with one sub-folder of videos per class, or a list (csv, txt, json), from here'),
    'data/train',
    (text) => text.trim() || undefined,
  )
  if (train === undefined) return undefined
  const val = await input(
    vscode.l10n.t('What is it validated on? Leave it empty where nothing is'),
    train.replace(/train(?!.*train)/, 'val'),
    (text) => text.trim(),
  )
  return val === undefined ? undefined : { data: { train, ...(val !== '' && { val }) } }
}

const typedShape = (): Thenable<Answers | undefined> =>
  input(
    vscode.l10n.t('Frames × pixels'),
    '16 × 160',
    (text) => withNumbers(text, (frames, crop) => ({ frames, crop })),
    (text) => withNumbers(text, faultOfClips),
  )

const typedLength = (): Thenable<Answers | undefined> =>
  input(
    vscode.l10n.t('Epochs and batch of a plain training'),
    '60, 8',
    (text) => withNumbers(text, (epochs, batch) => ({ epochs, batch })),
    (text) => withNumbers(text, faultOfLength),
  )

/** Undefined where a text is not of two whole numbers. */
function withNumbers<T>(text: string, make: (one: number, other: number) => T): T | undefined {
  const [, one, other] = /^\D*(\d+)\D+(\d+)\D*$/.exec(text) ?? []
  return one === undefined || other === undefined ? undefined : make(Number(one), Number(other))
}

async function input<T>(
  prompt: string,
  value: string,
  read: (text: string) => T | undefined,
  faultOf: (text: string) => string | undefined = () => undefined,
): Promise<T | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Schedule'),
    prompt,
    value,
    validateInput: (typed) => (read(typed) === undefined ? prompt : faultOf(typed)),
    ignoreFocusOut: true,
  })
  return text === undefined ? undefined : read(text)
}

async function askForData(
  root: vscode.Uri,
  sources: readonly Choice<DataSource>[],
): Promise<Answer<Answers>> {
  for (;;) {
    const answer = await pick(1, vscode.l10n.t('What is trained on?'), sources, typedData)
    if (answer === undefined || answer === 'back') return answer
    const data = answer.chosen === 'browsed' ? await browsedData(root) : answer.chosen
    if (data) return { chosen: data }
  }
}

/** A name that no schedule of the folder has yet. */
async function askForName(
  folder: vscode.Uri,
  faultOfName: (name: string) => string | undefined,
): Promise<Answer<Answers>> {
  const taken = new Set((await entriesOf(folder)).map(([name]) => name))
  const isTaken = (name: string): boolean => taken.has(`${name}.multigrid.json`)
  const box = vscode.window.createInputBox()
  Object.assign(box, { title: vscode.l10n.t('New Schedule'), step: totalSteps, totalSteps })
  box.prompt = vscode.l10n.t('Name of the schedule')
  box.value = 'experiment'
  for (let next = 2; isTaken(box.value); next++) box.value = `experiment-${next}`
  box.buttons = [vscode.QuickInputButtons.Back]
  box.ignoreFocusOut = true
  const fault = (): string | undefined =>
    isTaken(box.value) ? vscode.l10n.t('There is such a schedule already.') : faultOfName(box.value)
  return new Promise<Answer<Answers>>((resolve) => {
    box.onDidTriggerButton(() => resolve('back'))
    box.onDidChangeValue(() => (box.validationMessage = fault()))
    box.onDidAccept(() => {
      if (!fault()) resolve({ chosen: { name: box.value } })
    })
    box.onDidHide(() => resolve(undefined))
    box.show()
  }).finally(() => box.dispose())
}

/** One question with a way back; what is typed and left again is asked anew. */
async function pick<T>(
  step: number,
  question: string,
  choices: readonly Choice<T>[],
  typed?: () => Thenable<T | undefined>,
): Promise<Answer<T>> {
  for (;;) {
    const answer = await choose(step, question, choices)
    if (answer === undefined || answer === 'back') return answer
    const value = answer.chosen.value ?? (await typed?.())
    if (value !== undefined) return { chosen: value }
  }
}

function choose<T>(
  step: number,
  question: string,
  choices: readonly Choice<T>[],
): Promise<Answer<Choice<T>>> {
  const list = vscode.window.createQuickPick<Choice<T>>()
  Object.assign(list, { title: vscode.l10n.t('New Schedule'), placeholder: question, step, totalSteps })
  list.items = choices
  list.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : []
  return new Promise<Answer<Choice<T>>>((resolve) => {
    list.onDidTriggerButton(() => resolve('back'))
    list.onDidAccept(() => {
      const [chosen] = list.selectedItems
      if (chosen) resolve({ chosen })
    })
    list.onDidHide(() => resolve(undefined))
    list.show()
  }).finally(() => list.dispose())
}
