import { beforeEach, expect, test } from '@jest/globals';
import { withLease } from '../../../lambdas/operations/with-lease.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
let at = new Date('2026-03-01T12:00:00Z').getTime();
const deps = { pool: async () => database.pool, now: () => new Date(at) };
const run = (operator: string, work: () => Promise<unknown>, name = 'secrets rotate mux') =>
  withLease(name, operator, work, deps);

beforeEach(() => database.pool.query('truncate portal.command_leases'));

/** Starts a run that ends when `end` is called. */
function startRun(operator: string) {
  let end: (value: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  let begun: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const result = run(operator, () => {
    begun();
    return ended;
  });
  return { started, end, result };
}

test('lets one of several operators run, and tells the others who does', async () => {
  const runs = await Promise.allSettled(
    ['mira', 'noa', 'ben', 'kim'].map((operator) =>
      run(operator, () => new Promise((resolve) => setImmediate(() => resolve(operator)))),
    ),
  );
  const rejected = runs.filter(({ status }) => status === 'rejected');

  expect(rejected.length).toBeLessThan(4);
  for (const { reason } of rejected as PromiseRejectedResult[])
    expect(reason).toMatchObject({ name: 'CommandRejectedError', type: 'conflict' });
});

test('rejects a second run while the first is in progress, and accepts it afterwards', async () => {
  const first = startRun('mira');
  await first.started;

  await expect(run('noa', async () => 'second')).rejects.toThrow(
    "'secrets rotate mux' is in progress, started by mira. Nothing was changed. " +
      'Run the command again after 2026-03-01T12:00:35.000Z.',
  );
  await expect(run('noa', async () => 'other', 'secrets rotate resend')).resolves.toBe('other');

  first.end('first');
  await expect(first.result).resolves.toBe('first');
  await expect(run('noa', async () => 'second')).resolves.toBe('second');
});

test('releases the lease after a failure', async () => {
  await expect(
    run('mira', async () => {
      throw new Error('Mux is down');
    }),
  ).rejects.toThrow('Mux is down');

  await expect(run('noa', async () => 'second')).resolves.toBe('second');
});

test('ends the lease of a run that died, which cannot release the lease of the next', async () => {
  const dead = startRun('mira');
  await dead.started;
  at += 36_000;
  const next = startRun('noa');
  await next.started;

  dead.end('late');
  await dead.result;

  await expect(run('ben', async () => 'third')).rejects.toThrow('started by noa');
  next.end('done');
  await next.result;
});

test('runs without a lease if Postgres is unavailable', async () => {
  const pool = async () => {
    throw new Error('connection refused');
  };

  await expect(withLease('n', 'mira', async () => 'done', { ...deps, pool })).resolves.toBe('done');
});
