import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: ['dist/', 'node_modules/', '.vscode-test/', 'test-results/', '**/*.mjs', '**/*.mts', '**/*.cjs'],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './webview/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes `array[i]!` the way to say "i is in range"
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      eqeqeq: 'error',
    },
  },
  {
    // What a workspace says never reaches a shell, and never becomes a link of a notification.
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['child_process', 'node:child_process'].map((name) => ({
            name,
            importNames: ['exec', 'execSync', 'fork', 'default'],
            message:
              'Programs are started with spawn or execFile: full path, list of arguments, shell: false.',
          })),
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.name=/^(spawn|spawnSync|execFile|execFileSync)$/]:not(:has(Property[key.name='shell'][value.value=false]))",
          message: 'Say shell: false.',
        },
        {
          selector: "Property[key.name='shell']:not([value.value=false])",
          message: 'No shell: what a workspace says would be read by it.',
        },
        {
          selector:
            'CallExpression[callee.name=/^(spawn|spawnSync|execFile|execFileSync)$/] > Literal:first-child',
          message:
            'By its full path (findOnPath): Windows looks for bare names in the current directory first.',
        },
        {
          selector: 'ImportNamespaceSpecifier[parent.source.value=/child_process$/]',
          message: 'Import spawn or execFile by name.',
        },
        {
          selector: 'MemberExpression[property.name=/^show(Error|Warning|Information)Message$/]',
          message: 'Use say (src/host/say.ts): the editor makes links of what stands in a message.',
        },
      ],
    },
  },
  {
    files: ['src/host/say.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
