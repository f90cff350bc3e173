import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { failureKind, isOurFault } from '../../../lambdas/webhooks/failure-kind.ts';
import {
  PermanentError,
  RepairableError,
  TransientError,
} from '../../../lambdas/webhooks/failures.ts';
import { toProcessingError } from '../../../lambdas/webhooks/process/failed-event.ts';

const suffix = fc.stringMatching(/^[0-9A-Z]{3}$/);
const codesOf = (...classes: readonly string[]) =>
  fc.tuple(fc.constantFrom(...classes), suffix).map((parts) => parts.join(''));
const racing = ['23503', '23505', '23P01'];

test('faults of Postgres and of this system are ours, whatever the subclass', () => {
  const ours = codesOf('08', '25', '40', '42', '53', '55', '57', '58', 'XX');
  fc.assert(fc.property(ours, (code) => failureKind(code) === 'ours'));
});

test('a rejected content is permanent, except for violations that depend on other rows', () => {
  const data = codesOf('22', '23').filter((code) => !racing.includes(code));
  fc.assert(fc.property(data, (code) => failureKind(code) === 'data'));
  for (const code of racing) expect([code, failureKind(code)]).toEqual([code, 'race']);
});

test('every other code is unknown unless it is listed', () => {
  fc.assert(
    fc.property(fc.string(), (code) => {
      expect(['ours', 'data', 'race', 'unknown']).toContain(failureKind(code));
    }),
  );
  expect(failureKind('P0042')).toBe('unknown');
  expect(failureKind('unexpected')).toBe('unknown');
  // An event that crashes its processor leaves no record and must end.
  expect(isOurFault('not-recorded')).toBe(false);
  expect(isOurFault(null)).toBe(false);
});

const failing = (code: string) => Object.assign(new Error('failed'), { code });

test.each([
  ['53100', failing('53100'), RepairableError],
  ['22P02', failing('22P02'), PermanentError],
  ['23505', failing('23505'), TransientError],
  ['P0042', failing('P0042'), TransientError],
  ['ECONNRESET', failing('ECONNRESET'), RepairableError],
  ['secret-missing', failing('secret-missing'), RepairableError],
  ['postgres-connection-lost', new Error('Connection terminated unexpectedly'), RepairableError],
  ['unexpected', new Error('something else'), TransientError],
])('converts %s to the error of what happens next', (code, error, expected) => {
  const converted = toProcessingError(error);
  expect(converted).toBeInstanceOf(expected);
  expect(converted.code).toBe(code);
});
