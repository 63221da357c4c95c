// The map of docs/architecture.md as rules: a room imports from its own and from those that are named for it, nothing else.
const core = 'packages/core/src'

/** What each room of core may import from. */
const rooms = {
  model: [],
  lib: ['model'],
  log: ['model', 'lib'],
  schemes: ['model', 'lib'],
  dedupe: ['model', 'lib'],
  inbox: ['model', 'lib', 'dedupe'],
  handlers: ['model', 'lib', 'log', 'inbox'],
  receiver: ['model', 'lib', 'log', 'schemes', 'dedupe', 'inbox', 'handlers'],
  http: ['model', 'lib', 'handlers', 'receiver'],
  reconcile: ['model', 'lib', 'log', 'receiver'],
  operate: ['model', 'lib', 'log', 'inbox', 'receiver'],
  alerts: ['model', 'lib', 'log', 'schemes', 'inbox'],
  testing: ['model', 'lib', 'dedupe', 'inbox', 'receiver'],
}

export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Type imports count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(rooms).map(([room, below]) => ({
      name: `${room}-imports-downwards`,
      severity: 'error',
      from: { path: `^${core}/${room}/` },
      to: { path: `^${core}/`, pathNot: `^${core}/(${[room, ...below].join('|')})/` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@acuse/source', 'import', 'node', 'default', 'types'],
    },
  },
}
