import { beforeEach, expect, test } from '@jest/globals';
import { makeDeadLetterCommands } from '../../../lambdas/operations/commands/dead-letter-commands.ts';
import { makeEndpointCommands } from '../../../lambdas/operations/commands/endpoint-commands.ts';
import { makeSecretCommands } from '../../../lambdas/operations/commands/secret-commands.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const pool = async () => database.pool;
const performed: string[] = [];
let finish: () => void = () => {};

beforeEach(async () => {
  performed.length = 0;
  await database.pool.query('truncate portal.command_leases');
});

/** Records what runs. The first run waits until `finish` is called. */
const work = (name: string) => async (subject: string) => {
  performed.push(`${name} ${subject}`);
  if (performed.length === 1)
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
  return {};
};

const commands = {
  ...makeSecretCommands({
    pool,
    now,
    secrets: { list: async () => [], rotate: work('rotate') } as never,
  }),
  ...makeEndpointCommands({ pool, now, endpoints: { repair: work('repair') } as never }),
  ...makeDeadLetterCommands({
    pool,
    now,
    queues: { redriveDeadLetters: work('redrive') } as never,
  }),
};

const run = {
  rotate: (operator: string, dryRun = false) =>
    commands['secrets rotate'](
      { provider: 'mux', reason: 'a leak', dryRun, force: false } as never,
      operator,
    ),
  repair: (operator: string, dryRun = false) =>
    commands['endpoints repair']({ provider: 'mux', reason: 'a fault', dryRun } as never, operator),
  redrive: (operator: string, dryRun = false) =>
    commands['dead-letters redrive'](
      { provider: 'mux', reason: 'repaired', dryRun, limit: 10 } as never,
      operator,
    ),
};

test.each<[keyof typeof run, keyof typeof run]>([
  ['rotate', 'rotate'],
  ['repair', 'repair'],
  ['rotate', 'repair'],
  ['repair', 'rotate'],
  ['redrive', 'redrive'],
])('while one operator runs %s, a second one is rejected %s and told who runs it', async (a, b) => {
  const first = run[a]('mira');
  while (performed.length === 0) await new Promise((resolve) => setImmediate(resolve));

  await expect(run[b]('noa')).rejects.toMatchObject({
    type: 'conflict',
    message: expect.stringContaining('is in progress, started by mira. Nothing was changed.'),
  });
  expect(performed).toEqual([`${a} mux`]);

  finish();
  await first;
  await run[b]('noa');
  expect(performed).toEqual([`${a} mux`, `${b} mux`]);
});
