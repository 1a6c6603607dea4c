// node scripts/l10n.mjs: collects the texts of src/host into media/l10n/bundle.l10n.json, which translations begin from.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { root } from './install.mjs'

export const bundleFile = path.join(root, 'media/l10n/bundle.l10n.json')

/** Texts in `vscode.l10n.t(…)`, and texts that a person would see without it, as `file: text`. */
export function collectTexts() {
  const texts = new Set()
  const bare = []
  const folder = path.join(root, 'src')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(host[\\/].*|extension|browser)\.ts$|^host[\\/]/.test(name) && name.endsWith('.ts'))
    .sort()
  for (const name of names) {
    const text = readFileSync(path.join(folder, name), 'utf8')
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
    const visit = (node) => {
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
        const callee = node.expression.getText(source)
        const [first] = node.arguments ?? []
        if (callee === 'vscode.l10n.t' && first && ts.isStringLiteralLike(first)) texts.add(first.text)
        if (shown.test(callee) && (node.arguments ?? []).some(isWords))
          bare.push(`${name}: ${node.getText(source)}`)
      }
      if (
        ts.isPropertyAssignment(node) &&
        options.has(node.name.getText(source)) &&
        isWords(node.initializer)
      )
        bare.push(`${name}: ${node.getText(source)}`)
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return { texts: [...texts].sort(), bare }
}

/** What shows its arguments to a person, and the options that do. */
const shown = /^(say\.\w+|HumanError|vscode\.window\.(set|show)\w+Message)$/
const options = new Set(['prompt', 'placeHolder', 'placeholder', 'openLabel', 'detail', 'tooltip'])

/** A literal with words in it, or a template with words between its values. */
function isWords(node) {
  if (ts.isStringLiteralLike(node)) return /[a-z]{2} [a-z]/i.test(node.text)
  return (
    ts.isTemplateExpression(node) &&
    [node.head, ...node.templateSpans.map(({ literal }) => literal)].some((part) =>
      /[a-z]{2} [a-z]/i.test(part.text),
    )
  )
}

/** The bundle as it should be. */
export const bundleText = () =>
  `${JSON.stringify(Object.fromEntries(collectTexts().texts.map((text) => [text, text])), null, 2)}\n`

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(bundleFile, bundleText())
