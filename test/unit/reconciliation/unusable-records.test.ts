import { expect, test } from '@jest/globals';
import { toBody } from '../../../lambdas/reconciliation/event-body.ts';
import { makeFailureLimit } from '../../../lambdas/reconciliation/failure-limit.ts';
import { enqueueReconciled } from '../../../lambdas/reconciliation/recover-event.ts';
import { useStdout } from '../../support/stdout.ts';

useStdout();

const missed = {
  provider: 'resend',
  eventId: 'msg_1',
  type: 'email.sent',
  occurredAt: new Date(0),
} as const;

const context = {
  pool: async () => {
    throw new Error('must not be asked');
  },
  now: () => new Date(0),
  enqueue: async () => {
    throw new Error('must not be asked');
  },
};

const records: readonly (readonly [string, () => unknown])[] = [
  [
    'nests deeper than the stack',
    () => toBody('msg_1', JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)),
  ],
  ['is larger than SQS accepts', () => enqueueReconciled(context, missed, 'x'.repeat(2_000_000))],
];

test.each(records)('a record that %s fails alone, and the next ones go on', async (_, work) => {
  const counts: object[] = [];
  const failures = makeFailureLimit((count) => counts.push(count));
  const done: string[] = [];

  expect(await failures.guard('msg_1', async () => void (await work()))).toBe(false);
  expect(await failures.guard('msg_2', async () => void done.push('msg_2'))).toBe(true);

  expect(counts).toEqual([{ failed: 1 }]);
  expect(done).toEqual(['msg_2']);
});
