import { expect, test } from '@jest/globals';
import { makeJobCommands } from '../../../lambdas/operations/commands/job-commands.ts';

const now = new Date('2026-03-08T12:00:00.000Z');

function jobCommands() {
  const started: unknown[] = [];
  const commands = makeJobCommands({
    pool: async () => {
      throw new Error('No statement is expected.');
    },
    startJob: async (name, event) => void started.push({ name, ...event }),
    now: () => now,
  });
  return { started, run: (at?: string) => commands['jobs run']({ name: 'prune', at }, 'ann') };
}

test('rejects a run ahead of time, because it would delete what must be kept', async () => {
  const { run, started } = jobCommands();

  await expect(run('2030-01-01T00:00:00Z')).rejects.toMatchObject({
    name: 'CommandRejectedError',
    type: 'invalid-request',
    message: expect.stringContaining('2030-01-01T00:00:00.000Z is in the future'),
  });

  expect(started).toEqual([]);
});

test('starts a run for now and for an earlier time', async () => {
  const { run, started } = jobCommands();

  await run();
  await run('2026-03-08T10:00:00Z');

  expect(started).toEqual([
    { name: 'prune', scheduledAt: now, startedBy: 'ann' },
    { name: 'prune', scheduledAt: new Date('2026-03-08T10:00:00Z'), startedBy: 'ann' },
  ]);
});
