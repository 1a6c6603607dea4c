import esbuild from 'esbuild'
import { root } from './install.mjs'
import { tfjsAtRunTime } from './tfjsAtRunTime.mjs'

/**
 * Bundles programs for developers into dist/, where they find TensorFlow.js as the trainer does.
 * @param {Record<string, string>} entryPoints name in dist → source
 */
export function bundleTools(entryPoints) {
  return esbuild.build({
    absWorkingDir: root,
    entryPoints,
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    plugins: [tfjsAtRunTime],
    define: { 'import.meta.url': JSON.stringify(new URL('bundled.mjs', import.meta.url).href) },
    external: ['vscode', 'playwright-core'],
  })
}
