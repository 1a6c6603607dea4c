import * as vscode from 'vscode'
import type { AttachedRun } from '../run/AttachedRun'
import type { Runs } from './Runs'
import { say } from './say'

const key = 'whenWindowCloses'
/** A window that is reloaded, and a connection to a remote machine that was lost for a moment, are back by then. */
const afterSeconds = 60

type Choice = 'ask' | 'keepTraining' | 'pauseAndFree'

/**
 * Nobody can be asked while a window closes: an extension is given no time and no dialog then. So the question comes
 * when a run starts, once, and the trainers are told what the person wants.
 */
export class WhenWindowCloses implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[]
  private asking = false

  constructor(runs: Runs) {
    this.subscriptions = [
      runs.onDidConnect((run) => void this.tell(run)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`multigrid.${key}`))
          for (const run of runs.live()) void this.tell(run)
      }),
    ]
  }

  /** After a start; one that is not answered is asked again at the next one. */
  async ask(): Promise<void> {
    if (this.asking || choice() !== 'ask') return
    this.asking = true
    const keep = vscode.l10n.t('Keep Training')
    const pause = vscode.l10n.t('Pause and Free the GPU')
    try {
      const answer = await say.information(
        vscode.l10n.t(
          'When this window closes, training goes on. Or should runs be saved and the GPU be freed a minute after? This is asked once; the setting "Multigrid: When Window Closes" keeps the answer.',
        ),
        keep,
        pause,
      )
      if (!answer) return
      const chosen: Choice = answer === pause ? 'pauseAndFree' : 'keepTraining'
      await vscode.workspace
        .getConfiguration('multigrid')
        .update(key, chosen, vscode.ConfigurationTarget.Global)
    } finally {
      this.asking = false
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose()
  }

  private async tell(run: AttachedRun): Promise<void> {
    try {
      await run.api.whenAlone({ do: choice() === 'pauseAndFree' ? 'release' : 'train', afterSeconds })
    } catch {
      // It has ended meanwhile, or is of a version that goes on whatever happens.
    }
  }
}

function choice(): Choice {
  return vscode.workspace.getConfiguration('multigrid').get<Choice>(key, 'ask')
}
