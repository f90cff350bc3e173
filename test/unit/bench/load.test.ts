import { expect, test } from '@jest/globals';
import { assetsOf, defaultLoad, eventIdOf, makeRecords, OWNER } from '../../../bench/load.ts';
import { pgbenchScript, type Recording, withKeys } from '../../../bench/processor/pgbench.ts';

const load = { ...defaultLoad, seed: 'test', deliveries: 500 };

test('makes equal events from equal options', () => {
  expect(makeRecords(load).map(eventIdOf)).toEqual(makeRecords(load).map(eventIdOf));
});

test('repeats and poisons about the requested shares of events', () => {
  const ids = makeRecords({ ...load, poison: 0.05 }).map(eventIdOf);
  const distinct = new Set(ids);
  const poisoned = [...distinct].filter((id) => id.startsWith('poison-'));

  expect(ids.length - distinct.size).toBeGreaterThan(30);
  expect(ids.length - distinct.size).toBeLessThan(80);
  expect(poisoned.length).toBeGreaterThan(10);
  expect(poisoned.length).toBeLessThan(50);
});

const [asset] = assetsOf(load);
const recording: Recording = {
  load,
  batches: [
    [
      [
        { text: "begin; set local lock_timeout = '2s'", values: [] },
        {
          text: 'select $1::uuid, $2::text, $3::text',
          values: [`${asset?.passthrough}`, 'a', null],
        },
      ],
      [{ text: 'commit', values: [] }],
    ],
  ],
};

test('replaces the first eight characters of recorded ids, but not of the owner', () => {
  const text = JSON.stringify({ id: asset?.passthrough, upload: asset?.uploadId, owner: OWNER });

  expect(JSON.parse(withKeys(recording, text))).toEqual({
    id: `@@@@@@@@${asset?.passthrough.slice(8)}`,
    upload: `@@@@@@@@${asset?.uploadId.slice(8)}`,
    owner: OWNER,
  });
});

test('writes a pgbench script with the recorded statements in the recorded round trips', () => {
  const { script, variables } = pgbenchScript(recording);

  expect(variables).toEqual({ n: '0', p1: `@@@@@@@@${asset?.passthrough.slice(8)}`, p2: 'a' });
  expect(script.split('\n').slice(2)).toEqual([
    '\\startpipeline',
    'begin;',
    "set local lock_timeout = '2s';",
    "select replace(:p1, '@@@@@@@@', :key)::uuid, :p2::text, null::text;",
    '\\endpipeline',
    '\\startpipeline',
    'commit;',
    '\\endpipeline',
    '',
  ]);
});
