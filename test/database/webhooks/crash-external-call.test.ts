import { afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { startChild } from '../../support/crash/child-process.ts';
import {
  type ExternalCallOrder,
  makeCall,
  REMAINING_MS,
} from '../../support/crash/external-call-child.ts';
import { clockGoesForward } from '../../support/idempotency/idempotency-harness.ts';
import { useDatabase } from '../../support/postgres/database.ts';

jest.setTimeout(20_000);

const database = useDatabase({ connections: 4 });
beforeAll(() => database.pool.query('create table calls (id text)'));
afterEach(() => jest.spyOn(Date, 'now').mockRestore());

const countCalls = async (id: string) =>
  (await database.pool.query('select from calls where id = $1::text', [id])).rowCount;

async function aProcessInTheCall(id: string) {
  const child = startChild('./external-call-child.ts', {
    url: database.url,
    id,
  } satisfies ExternalCallOrder);
  await child.printed('reached');
  return child;
}

test('runs a killed call again after its deadline, but not before', async () => {
  const child = await aProcessInTheCall('killed');
  child.process.kill('SIGKILL');
  await child.ended;
  const call = makeCall(database.pool);

  await expect(call({ id: 'killed' })).rejects.toMatchObject({
    name: 'IdempotencyAlreadyInProgressError',
  });
  expect(await countCalls('killed')).toBe(1);

  clockGoesForward(REMAINING_MS + 1_000);
  await expect(call({ id: 'killed' })).resolves.toBe('called for killed');
  await expect(call({ id: 'killed' })).resolves.toBe('called for killed');
  expect(await countCalls('killed')).toBe(2);
});

test('never takes over a running call before its deadline', async () => {
  const child = await aProcessInTheCall('alive');
  const call = makeCall(database.pool);

  // Half of the deadline, which leaves time for the test itself.
  clockGoesForward(REMAINING_MS / 2);
  const rejected = await Promise.allSettled(Array.from({ length: 5 }, () => call({ id: 'alive' })));
  expect(rejected.map((one) => one.status === 'rejected' && one.reason.name)).toEqual(
    Array.from({ length: 5 }, () => 'IdempotencyAlreadyInProgressError'),
  );

  child.process.stdin?.write('continue\n');
  await expect(child.printed('outcome')).resolves.toBe('called for alive');
  await expect(call({ id: 'alive' })).resolves.toBe('called for alive');
  expect(await countCalls('alive')).toBe(1);
  await expect(child.ended).resolves.toMatchObject({ code: 0 });
});

test('keeps the second result when the first call ends after it was taken over', async () => {
  const child = await aProcessInTheCall('late');
  const call = makeCall(database.pool);

  clockGoesForward(REMAINING_MS + 1_000);
  await expect(call({ id: 'late' })).resolves.toBe('called for late');
  await database.pool.query(`update portal.idempotency_records set response = '"the other one"'
                             where response = '"called for late"'`);
  child.process.stdin?.write('continue\n');

  await expect(child.printed('outcome')).resolves.toContain(
    'claimed the idempotency key before its work was completed',
  );
  await expect(call({ id: 'late' })).resolves.toBe('the other one');
});
