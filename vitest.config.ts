import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{engine,simulators,scenarios,cli,test}/**/*.test.ts'],
    exclude: ['test/peers/**', 'node_modules/**'],
    // A virtual clock owns the globals of its process; forks keep one per test file.
    pool: 'forks',
    env: { TZ: 'UTC' },
    testTimeout: 30_000,
  },
});
