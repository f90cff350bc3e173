import { describe, expect, test } from '@jest/globals';
import { type KnownFiles, planChange } from '../../../../local/watch/plan-change.ts';

const known: KnownFiles = {
  functions: new Map([
    ['lambdas/a.handler.ts', new Set(['lambdas/a.handler.ts', 'lambdas/platform/logger.ts'])],
    ['lambdas/b.handler.ts', new Set(['lambdas/b.handler.ts', 'lambdas/platform/logger.ts'])],
    ['lambdas/migrate.handler.ts', new Set(['lambdas/migrate.handler.ts'])],
  ]),
  app: new Set(['bin/app.ts', 'lib/stack.ts', 'lambdas/catalog/jobs.ts']),
  failed: new Set(),
  migrations: new Set(['lambdas/migrate.handler.ts']),
};
const nothing = { entries: [], synthesize: false, restart: [] };

describe('the plan of a change', () => {
  test('bundles the functions that contain the file, and no others', () => {
    expect(planChange(['lambdas/a.handler.ts'], known)).toEqual({
      ...nothing,
      entries: ['lambdas/a.handler.ts'],
    });
    expect(planChange(['lambdas/platform/logger.ts'], known).entries).toEqual([
      'lambdas/a.handler.ts',
      'lambdas/b.handler.ts',
    ]);
  });

  test('does nothing for a file that nothing contains', () => {
    expect(planChange(['lambdas/new.ts', 'docs/a.md'], known)).toEqual(nothing);
  });

  test.each([
    'bin/app.ts',
    'lib/stack.ts',
    'lib/new-construct.ts',
    'cdk.json',
    'docs/runbook.md',
    'lambdas/catalog/jobs.ts',
  ])('synthesizes the app after a change of %s', (path) => {
    expect(planChange([path], known)).toMatchObject({ synthesize: true });
  });

  test('bundles a function whose last build failed after any change of code', () => {
    const failed = { ...known, failed: new Set(['lambdas/b.handler.ts']) };

    expect(planChange(['lambdas/missing.ts'], failed).entries).toEqual(['lambdas/b.handler.ts']);
    expect(planChange(['lib/stack.ts'], failed).entries).toEqual([]);
  });

  test('bundles the migrations after a change of SQL', () => {
    expect(planChange(['migrations/0001_a.sql'], known)).toEqual({
      ...nothing,
      entries: ['lambdas/migrate.handler.ts'],
    });
    expect(planChange(['migrations/README.md'], known)).toEqual(nothing);
  });

  test.each(['local/start.ts', 'cli/main.ts', 'console/page/main.tsx', 'package.json'])(
    'names %s, which only a restart reads',
    (path) => {
      expect(planChange([path], known)).toEqual({ ...nothing, restart: [path] });
    },
  );
});
