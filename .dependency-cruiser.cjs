const { builtinModules } = require('node:module')

/** The walls of the house: each allowed direction of imports is one rule. docs/architecture.md shows the same picture. */
const from = (room, allowed, why) => ({
  name: `${room}-imports`,
  comment: why,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^(src|webview)/', pathNot: `^src/(${[room, ...allowed].join('|')})/|^src/HumanError\\.ts$` },
})

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle makes two files one that cannot be read in order.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    from(
      'schedule',
      [],
      'Arithmetic knows nothing of files, processes or screens, so it can be checked against the reference.',
    ),
    from('network', [], 'What a network costs is arithmetic too: a forecast needs no trainer for it.'),
    from(
      'config',
      ['schedule', 'network'],
      'The schedule file is read in terms of the arithmetic, never the other way round.',
    ),
    from(
      'editor',
      ['schedule', 'network', 'config'],
      'What an editor shows of a schedule file follows from its text, so it is tested as text before and text after.',
    ),
    from(
      'protocol',
      ['schedule', 'config'],
      'What crosses a process boundary speaks of plans and configs only; both ends import it.',
    ),
    from('runtime', [], 'Finding and installing TensorFlow and ffmpeg must work before anything else does.'),
    from(
      'data',
      ['schedule', 'config'],
      'What the network is shown is shown to people too: the terminal and the editor cut the same clips without a trainer.',
    ),
    from(
      'run',
      ['schedule', 'network', 'config', 'protocol', 'runtime'],
      'A run seen from outside (launch, attach, history) is shared by the editor and the terminal, so it knows neither.',
    ),
    from(
      'trainer',
      ['schedule', 'network', 'config', 'protocol', 'runtime', 'data'],
      'The trainer needs no editor; it talks through the protocol.',
    ),
    from(
      'host',
      ['schedule', 'network', 'config', 'editor', 'protocol', 'runtime', 'data', 'run'],
      'The extension holds no tensors: it reaches the trainer through the protocol only.',
    ),
    from(
      'cli',
      ['schedule', 'network', 'config', 'protocol', 'runtime', 'data', 'run'],
      'The terminal is a client like the editor: it reaches the trainer through the protocol only.',
    ),
    {
      name: 'webview-imports',
      comment: 'The view draws what it is told: it may know plans and messages, nothing that needs Node.',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', pathNot: '^src/(schedule|config|protocol)/' },
    },
    {
      name: 'tensorflow-in-trainer-only',
      comment: 'Only the trainer owns tensors; everything else sees numbers.',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^src/trainer/' },
      to: { path: '@tensorflow' },
    },
    {
      name: 'vscode-in-host-only',
      comment: 'What touches the editor is one room, so that the rest runs in a terminal.',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^src/(host/|extension\\.ts$|browser\\.ts$)' },
      to: { path: '^vscode$' },
    },
    {
      name: 'browser-without-node',
      comment: 'In a browser there is no Node: the web entry reaches nothing that needs it.',
      severity: 'error',
      from: { path: '^src/browser\\.ts$' },
      to: {
        path: `^(node:)?(${builtinModules.join('|')})$|node_modules/(ws|vscode-jsonrpc)/`,
        reachable: true,
      },
    },
    {
      name: 'pure-rooms-do-no-io',
      comment:
        'Schedules, what is said of them, models and the loop are functions of their input; I/O would hide what they depend on.',
      severity: 'error',
      from: { path: '^src/(schedule/|network/|editor/|trainer/(models/|loop\\.ts$))' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
