import { lstatSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { HumanError } from '../HumanError'
import { runsFolder } from '../protocol/runRecord'
import { readRun } from './runFolders'

/** Throws HumanError unless `folder` is one of a run, in `.multigrid/runs` and not by way of a link: nothing else may be deleted. */
export function refuseDeletion(folder: string): void {
  const refuse = (why: string): never => {
    throw new HumanError(`${folder} is not deleted: ${why}.`)
  }
  const workspace = path.resolve(folder, '../../..')
  if (path.join(workspace, runsFolder, path.basename(folder)) !== path.resolve(folder))
    refuse(`it is not in ${runsFolder}`)
  try {
    if (!lstatSync(folder).isDirectory()) refuse('it is not a folder of its own')
    const real = path.join(realpathSync(workspace), runsFolder, path.basename(folder))
    if (realpathSync(folder) !== real) refuse('a link leads to it')
  } catch (error) {
    if (error instanceof HumanError) throw error
    refuse('it cannot be read')
  }
  if (!readRun(folder)) refuse('its run.json is not the record of a run of this name')
}
