import * as vscode from 'vscode'
import { totalsLine } from '../../test/vscode/totals'

const settleMs = 3000

/**
 * Runs in the extension host: loading the bundle and `activate()` together, as VS Code does them, once the window has
 * finished its own start, before anything else woke the extension.
 */
export async function run(): Promise<void> {
  const mark = process.env['MULTIGRID_TEST_MARK'] ?? ''
  const extension = vscode.extensions.getExtension('multigrid.multigrid')
  if (!extension || extension.isActive) throw new Error('The extension is not here, or active already.')
  await new Promise((settled) => setTimeout(settled, settleMs))
  const began = performance.now()
  await extension.activate()
  console.log(`${mark}activation ${(performance.now() - began).toFixed(3)}`)
  console.log(`${mark}${totalsLine({ passed: 1, failed: 0, skipped: 0 })}`)
}
