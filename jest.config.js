/**
 * Defines one project per folder of test/. The folder names what its tests need: nothing, a
 * database, local mode, or a template.
 */
const project = (name, extra = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/test/${name}/**/*.test.{ts,tsx}`],
  setupFiles: ['<rootDir>/test/support/quiet-logs.ts'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          experimental: { keepImportAttributes: true },
          target: 'es2024',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
      },
    ],
  },
  ...extra,
});

const postgres = {
  globalSetup: '<rootDir>/test/support/postgres/start-postgres.ts',
  globalTeardown: '<rootDir>/test/support/postgres/stop-postgres.ts',
};

const stages = { globalSetup: '<rootDir>/test/infrastructure/support/synthesize-stages.ts' };

export default {
  projects: [
    project('unit'),
    project('infrastructure', stages),
    project('database', postgres),
    project('flow'),
    project('contract'),
  ],
  maxWorkers: 2,
  // No unit test is timed. Properties of 2,000 runs exceed Jest's 5 s on a busy machine.
  testTimeout: 30_000,
};
