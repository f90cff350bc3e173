import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The programs that tests start load what Node.js has compiled for an earlier one.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

/**
 * Defines one project per folder of test/. The folder names what its tests need: nothing, the
 * files of the repository, sockets and child processes, a template, a database, or local mode.
 */
const project = (name, { setupFiles = [], ...extra } = {}) => ({
  displayName: name,
  testEnvironment: '<rootDir>/test/support/node-environment.js',
  testMatch: [`<rootDir>/test/${name}/**/*.test.{ts,tsx}`],
  setupFiles: ['<rootDir>/test/support/quiet-logs.ts', ...setupFiles],
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

const unit = { setupFiles: ['<rootDir>/test/support/environment/as-deployed.ts'] };

const postgres = {
  globalSetup: '<rootDir>/test/support/postgres/start-postgres.ts',
  globalTeardown: '<rootDir>/test/support/postgres/stop-postgres.ts',
};

const stages = { globalSetup: '<rootDir>/test/infrastructure/support/synthesize-stages.ts' };

export default {
  projects: [
    project('unit', unit),
    project('repository'),
    project('service'),
    project('infrastructure', stages),
    project('database', postgres),
    project('flow'),
    project('contract'),
  ],
  maxWorkers: 2,
  // Jest keeps the modules of every test file. A worker that has run many of them spends most of
  // its time on freeing memory, so Jest replaces it.
  workerIdleMemoryLimit: '700MB',
  // No test is timed. The limit ends a test that hangs, and no slow one on a busy machine.
  testTimeout: 180_000,
};
