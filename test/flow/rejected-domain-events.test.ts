import { expect, test } from '@jest/globals';
import { makeRunCommand } from '../../cli/ops/operations-client.ts';
import { eventually } from '../support/eventually.ts';
import { useLocal } from '../support/local.ts';

const local = useLocal();
const reason = 'test of the outbox';

const operate = (command: string, given: object = {}) =>
  makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true })({
    command,
    arguments: given,
  } as never);

/** Adds old entries, which no process publishes but the relay. */
const addEntries = (count: number, type: string, rejections: number) =>
  local().pool.query(
    `insert into portal.outbox (id, type, detail, created_at, rejections)
     select gen_random_uuid(), $2, '{"version":1}', now() - interval '10 minutes', $3
       from generate_series(1, $1::int)`,
    [count, type, rejections],
  );

const countUnpublished = async (type: string) =>
  (
    await local().pool.query(
      'select count(*)::int as count from portal.outbox where type = $1 and published_at is null',
      [type],
    )
  ).rows[0].count;

test('domain events pass those that the bus rejects, which an operator handles', async () => {
  await addEntries(3, '', 4);
  await addEntries(250, 'test.passing', 0);

  await operate('jobs run', { name: 'relay-outbox' });

  expect(
    await eventually(
      () => countUnpublished('test.passing'),
      (left) => left === 0,
    ),
  ).toBe(0);
  const { entries } = await operate('outbox list');
  expect(entries).toMatchObject(
    Array.from({ length: 3 }, () => ({ type: '', rejections: 5, error: 'InvalidArgument' })),
  );

  const [first, second] = entries as readonly { readonly id: string }[];
  await expect(
    operate('outbox retry', { entry: first?.id, reason, dryRun: true }),
  ).resolves.toEqual({ matching: 1, retried: 0 });
  await expect(operate('outbox retry', { entry: first?.id, reason })).resolves.toMatchObject({
    retried: 1,
  });
  await expect(operate('outbox discard', { entry: second?.id, reason })).resolves.toMatchObject({
    discarded: { id: second?.id },
  });
  await expect(operate('outbox list')).resolves.toMatchObject({ entries: [{ rejections: 5 }] });

  const { rows } = await local().pool.query(
    'select command, reason, arguments from portal.operator_actions order by id desc limit 2',
  );
  expect(rows).toMatchObject([
    { command: 'outbox discard', reason, arguments: { entry: second?.id } },
    { command: 'outbox retry', reason, arguments: { entry: first?.id } },
  ]);
});
