import * as vscode from 'vscode'
import { HumanError } from '../HumanError'

const template = `{
  // What to train on: a folder with one sub-folder of videos per class.
  "data": { "train": "data/train", "val": "data/val", "frames": 16, "stride": 2, "crop": 112 },
  "model": { "arch": "slowfast", "depth": 18, "width": 16 },
  // Epochs and steps are those of a plain training; multigrid stretches and splits them (see "multigrid plan FILE").
  "train": { "batch": 8, "epochs": 60, "steps": [0, 30, 45, 54], "learningRate": 0.0125, "warmup": { "epochs": 5, "from": 0.001 } },
  "multigrid": { "longCycle": true, "shortCycle": true, "epochFactor": 1.5 }
}
`

/** Writes a commented schedule file into the workspace and opens it. */
export async function newSchedule(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]
  if (!folder)
    throw new HumanError('Open a folder first: the schedule file lives beside the data it trains on.')
  const name = await vscode.window.showInputBox({
    prompt: 'Name of the schedule',
    value: 'experiment',
    validateInput: faultOfName,
  })
  if (!name) return
  await writeNewSchedule(vscode.Uri.joinPath(folder.uri, `${name}.multigrid.json`), template)
}

/** Why a schedule cannot be named so. */
export function faultOfName(name: string): string | undefined {
  return /^[\w.-]+$/.test(name) ? undefined : 'Letters, digits, dot, dash and underscore only.'
}

/** Writes a schedule file that was not there, and opens it. */
export async function writeNewSchedule(file: vscode.Uri, text: string): Promise<void> {
  if (await exists(file))
    throw new HumanError(`${file.fsPath} exists already. Rename it, or choose another name.`)
  await vscode.workspace.fs.writeFile(file, Buffer.from(text))
  await vscode.window.showTextDocument(file)
}

export function exists(file: vscode.Uri): Thenable<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  )
}
