/** The arrows of the house: cli -> scenarios -> {engine, simulators}; engine and simulators never meet. */

/** Tests and what only tests use, which may stand beside the product. */
const testSupport = '\\.(test|contract)\\.ts$|/testing/';

module.exports = {
  forbidden: [
    {
      name: 'engine-stands-alone',
      severity: 'error',
      from: { path: '^engine/' },
      to: { path: '^(simulators|scenarios|cli|bench|test)/' },
    },
    {
      name: 'simulators-stand-alone',
      severity: 'error',
      from: { path: '^simulators/' },
      to: { path: '^(engine|scenarios|cli|bench|test)/' },
    },
    {
      name: 'scenarios-below-cli',
      severity: 'error',
      from: { path: '^scenarios/' },
      to: { path: '^(cli|bench|test)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: testSupport },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^(engine|simulators|scenarios|cli)/', pathNot: testSupport },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'product-without-test-support',
      severity: 'error',
      from: { path: '^(engine|simulators|scenarios|cli)/', pathNot: testSupport },
      to: { path: testSupport, pathNot: 'node_modules' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'],
    },
  },
};
