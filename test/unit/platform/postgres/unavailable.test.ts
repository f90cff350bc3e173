import { expect, test } from '@jest/globals';
import pg from 'pg';
import {
  DatabaseUnavailableError,
  isConnectionLost,
  isDatabaseUnavailable,
} from '../../../../lambdas/platform/postgres/unavailable.ts';

function databaseError(code: string, severity = 'ERROR'): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('failed', 6, 'error'), { code, severity });
}

/** Names each error by its code or text, for the title of its test. */
const named = (errors: readonly unknown[]) =>
  errors.map((error) => {
    const { code, message } = (error ?? {}) as { code?: string; message?: string };
    return [code ?? message ?? String(error), error] as const;
  });

const networkError = (code: string) => Object.assign(new Error(`read ${code}`), { code });

test.each(
  named([
    networkError('ECONNRESET'),
    networkError('EPIPE'),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated'),
    new Error('Client has encountered a connection error and is not queryable'),
    databaseError('08006', 'FATAL'),
    databaseError('08P01'),
    databaseError('57P01', 'FATAL'),
    databaseError('57P02', 'FATAL'),
  ]),
)('treats a connection that ended as an outage: %s', (_, error) => {
  expect(isConnectionLost(error)).toBe(true);
  expect(isDatabaseUnavailable(error)).toBe(true);
});

test.each(
  named([
    networkError('ECONNREFUSED'),
    networkError('ETIMEDOUT'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Query read timeout'),
    databaseError('53300', 'FATAL'),
    databaseError('57P03', 'FATAL'),
    new DatabaseUnavailableError(networkError('ECONNRESET')),
  ]),
)(
  'treats a server that cannot be reached as an outage, not as a lost connection: %s',
  (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(isConnectionLost(error)).toBe(false);
  },
);

test.each(
  named([
    databaseError('40P01'),
    databaseError('23505'),
    databaseError('53100'),
    databaseError('57014'),
    databaseError('25P03', 'FATAL'),
    new Error('something else'),
    undefined,
    'Connection',
  ]),
)('does not treat the failure of a statement as an outage: %s', (_, error) => {
  expect(isDatabaseUnavailable(error)).toBe(false);
});
