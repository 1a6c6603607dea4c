import { resolve } from 'node:path'

/** The extension that the tests run: this tree by default; another folder, or for end-to-end tests a .vsix, by $MULTIGRID_TEST_EXTENSION. */
export const extensionUnderTest = resolve(process.env.MULTIGRID_TEST_EXTENSION ?? '.')
