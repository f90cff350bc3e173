import { afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { makeCall, type OwnOrder, REMAINING_MS } from '../../support/crash/crash-child-own.ts';
import { startChild } from '../../support/crash/crash-child-process.ts';
import { clockGoesForward } from '../../support/idempotency/idempotency-harness.ts';
import { useDatabase } from '../../support/postgres/database.ts';

jest.setTimeout(20_000);

const database = useDatabase({ connections: 4 });
beforeAll(() => database.pool.query('create table calls (id text)'));
afterEach(() => jest.spyOn(Date, 'now').mockRestore());

const callsFor = async (id: string) =>
  (await database.pool.query('select from calls where id = $1::text', [id])).rowCount;

async function aProcessAtWork(id: string) {
  const child = startChild('./crash-child-own.ts', { url: database.url, id } satisfies OwnOrder);
  await child.said('reached');
  return child;
}

test('work whose process is killed amid it is refused until its deadline, and then runs again: at least once', async () => {
  const child = await aProcessAtWork('killed');
  child.process.kill('SIGKILL');
  await child.ended;
  const call = makeCall(database.pool);

  await expect(call({ id: 'killed' })).rejects.toMatchObject({
    name: 'IdempotencyAlreadyInProgressError',
  });
  expect(await callsFor('killed')).toBe(1);

  clockGoesForward(REMAINING_MS + 1_000);
  await expect(call({ id: 'killed' })).resolves.toBe('called for killed');
  await expect(call({ id: 'killed' })).resolves.toBe('called for killed');
  expect(await callsFor('killed')).toBe(2);
});

test('work that is alive is never taken over before its deadline', async () => {
  const child = await aProcessAtWork('alive');
  const call = makeCall(database.pool);

  // Half of what is left, as long as the test itself has not used it up.
  clockGoesForward(REMAINING_MS / 2);
  const refused = await Promise.allSettled(Array.from({ length: 5 }, () => call({ id: 'alive' })));
  expect(refused.map((one) => one.status === 'rejected' && one.reason.name)).toEqual(
    Array.from({ length: 5 }, () => 'IdempotencyAlreadyInProgressError'),
  );

  child.process.stdin?.write('go on\n');
  await expect(child.said('outcome')).resolves.toBe('called for alive');
  await expect(call({ id: 'alive' })).resolves.toBe('called for alive');
  expect(await callsFor('alive')).toBe(1);
  await expect(child.ended).resolves.toMatchObject({ code: 0 });
});

test('work that goes on past its deadline and was taken over does not replace the other’s result', async () => {
  const child = await aProcessAtWork('late');
  const call = makeCall(database.pool);

  clockGoesForward(REMAINING_MS + 1_000);
  await expect(call({ id: 'late' })).resolves.toBe('called for late');
  await database.pool.query(`update portal.idempotency_records set response = '"the other one"'
                             where response = '"called for late"'`);
  child.process.stdin?.write('go on\n');

  await expect(child.said('outcome')).resolves.toContain(
    'taken over before its work was completed',
  );
  await expect(call({ id: 'late' })).resolves.toBe('the other one');
});
