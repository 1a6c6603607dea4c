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
    const { code, hostname } = error as { code?: string; hostname?: string }
    if (hostname === undefined) console.error(error)
    else
      console.error(
        `VS Code cannot be downloaded: ${hostname} is out of reach (${code ?? 'unknown'}). npm run test:vscode runs the same tests in a VS Code from npm.`,
      )
    process.exit(1)
  },
)
