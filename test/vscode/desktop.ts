import { join } from 'node:path'
import { runTests } from '@vscode/test-electron'
import { extensionUnderTest } from './extensionUnderTest'

/** The host tests in a desktop VS Code, which this downloads: for machines that reach Microsoft's site. */
runTests({
  extensionDevelopmentPath: extensionUnderTest,
  extensionTestsPath: join(__dirname, 'host', 'index.js'),
  extensionTestsEnv: { MULTIGRID_TEST_EXTENSION: extensionUnderTest },
  launchArgs: ['--disable-extensions', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
}).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
