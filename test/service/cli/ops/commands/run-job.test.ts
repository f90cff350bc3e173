import { expect, test } from '@jest/globals';
import { runJob } from '../../../../../cli/ops/commands/run-job.ts';
import type { CommandRequest } from '../../../../../cli/ops/operations-client.ts';
import { UserError } from '../../../../../local/user-error.ts';
import { recordContext } from '../../../../support/ops-context.ts';

const scheduledAt = '2026-03-08T12:00:00.000Z';
const options = { wait: true, timeout: 5 };
const other = { job: 'prune', status: 'succeeded', scheduledAt: '2026-03-07T12:00:00.000Z' };

function answerWith(...runs: readonly (object | undefined | Error)[]) {
  const left = [...runs];
  return ({ command }: CommandRequest) => {
    if (command === 'jobs run') return { started: 'prune', scheduledAt };
    const run = left.length > 1 ? left.shift() : left[0];
    if (run instanceof Error) throw run;
    return { runs: run === undefined ? [other] : [other, { job: 'prune', scheduledAt, ...run }] };
  };
}

test('waits for the end of the run that was started, and exits with 0', async () => {
  const context = recordContext(
    answerWith(
      undefined,
      new UserError('connection lost'),
      { status: 'running' },
      { status: 'succeeded' },
    ),
  );

  await expect(runJob.run({ name: 'prune' }, options, context)).resolves.toBe(0);

  expect(context.terminal.errors).toContain('connection lost Trying again.');
  expect(context.printed).toMatchObject([{ started: 'prune', run: { status: 'succeeded' } }]);
});

test('exits with 1 and the error of a failed run', async () => {
  const context = recordContext(answerWith({ status: 'failed', error: 'Postgres is away' }));

  await expect(runJob.run({ name: 'prune' }, options, context)).resolves.toBe(1);

  expect(context.terminal.errors.at(-1)).toBe('The run failed: Postgres is away.');
});

test.each([
  [undefined, 'The run is not on record after 0 s'],
  [{ status: 'running' }, 'The run still runs after 0 s'],
])('exits with 1 when the time is up', async (run, sentence) => {
  const context = recordContext(answerWith(run));

  await expect(runJob.run({ name: 'prune' }, { ...options, timeout: 0 }, context)).resolves.toBe(1);

  expect(context.terminal.errors.at(-1)).toContain(sentence);
});

test('says at Ctrl-C that the run goes on', async () => {
  const context = recordContext(answerWith({ status: 'running' }), { signal: AbortSignal.abort() });

  await expect(runJob.run({ name: 'prune' }, options, context)).resolves.toBe(1);

  expect(context.terminal.errors.at(-1)).toContain(
    'The run still runs at Ctrl-C, which ended only the wait: see jobs runs',
  );
});

test('does not wait with --no-wait', async () => {
  const context = recordContext(answerWith({ status: 'failed' }));

  await expect(runJob.run({ name: 'prune' }, { ...options, wait: false }, context)).resolves.toBe(
    0,
  );

  expect(context.requests).toHaveLength(1);
});
