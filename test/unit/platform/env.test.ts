import { expect, test } from '@jest/globals';
import { readEnv } from '../../../lambdas/platform/env.ts';

test('reads exactly the named variables', () => {
  expect(readEnv(['A', 'B'], { A: '1', B: '2', C: '3' })).toEqual({ A: '1', B: '2' });
});

test('reports all missing, empty and blank variables in one error', () => {
  expect(() => readEnv(['A', 'B', 'C', 'D'], { A: '1', C: '', D: ' ' })).toThrow(
    'Missing in the environment: B, C, D.',
  );
});
