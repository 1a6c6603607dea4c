/** What is diagnosed: this machine, seen with the user's settings from a workspace. */
export interface Surroundings {
  readonly runtimeFolder: string
  readonly env: NodeJS.ProcessEnv
  readonly execPath: string
  readonly isElectron: boolean
  readonly nodeSetting?: string | undefined
  readonly ffmpegSetting?: string | undefined
  readonly workspace: Workspace
  /** Aborted when nobody waits for the answers any more; programs that were started are ended. */
  readonly signal?: AbortSignal | undefined
}

export interface Workspace {
  readonly trusted: boolean
  /** Where runs are written: the folders of the workspace, or the terminal's. */
  readonly folders: readonly string[]
  /** Paths of the schedule files in it. */
  schedules(): Promise<readonly string[]>
}
