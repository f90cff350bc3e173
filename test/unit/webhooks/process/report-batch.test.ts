import { expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { syntheticType } from '../../../../lambdas/catalog/synthetic-events.ts';
import { TransientError } from '../../../../lambdas/webhooks/failures.ts';
import type { Outcome } from '../../../../lambdas/webhooks/process/exactly-once.ts';
import { type Result, reportResults } from '../../../../lambdas/webhooks/process/report-batch.ts';
import { useStdout } from '../../../support/stdout.ts';

const stdout = useStdout();
const now = new Date('2026-03-01T10:00:02Z');
const record = {
  messageId: 'message-1',
  attributes: { ApproximateReceiveCount: '1' },
} as SQSRecord;

function aResult(
  eventType: string,
  result: { kind: 'done'; outcome: Outcome } | { kind: 'again' | 'exhausted' },
): Result {
  const envelope = {
    provider: 'mux',
    eventId: 'e1',
    eventType,
    receivedAt: '2026-03-01T10:00:01Z',
    trace: 't',
    body: '{}',
  };
  const failure = new TransientError('down', 'Postgres is away.');
  return {
    record,
    envelope,
    ...(result.kind === 'done' ? result : { kind: result.kind, failure }),
  };
}

const report = (...results: readonly Result[]) =>
  reportResults({ provider: 'mux', payloadAllowlist: {}, startedAt: now, now }, results);
const metrics = () => stdout.filter((line) => '_aws' in line);

const type = 'video.asset.ready';
const settled = ['processed', 'stale', 'ignored', 'duplicate'] as const;
const counters = [
  'Processed',
  'Stale',
  'Ignored',
  'Duplicate',
  'Retried',
  'Exhausted',
  'Succeeded',
  'Failed',
];
const counts = () =>
  counters.filter((name) => metrics()[0]?.[name] !== 0).map((name) => [name, metrics()[0]?.[name]]);

test.each([
  ...settled.map(
    (outcome, index) => [outcome, { kind: 'done', outcome }, counters[index], 'Succeeded'] as const,
  ),
  ['again', { kind: 'again' }, 'Retried', 'Failed'] as const,
  ['exhausted', { kind: 'exhausted' }, 'Exhausted', 'Failed'] as const,
])(
  'an attempt that ends as %s counts as that, on one side of the failure rate, and as 0 elsewhere',
  (...row) => {
    const [, ending, own, side] = row;

    report(aResult(type, ending));

    expect(counts()).toEqual([
      [own, 1],
      [side, 1],
    ]);
  },
);

test('events of our own count in no figure of the provider, whatever becomes of them', () => {
  report(
    aResult(syntheticType, { kind: 'done', outcome: 'synthetic' }),
    aResult(syntheticType, { kind: 'again' }),
    aResult('video.asset.ready', { kind: 'done', outcome: 'processed' }),
  );

  expect(metrics()).toMatchObject([
    { SmokeAccepted: 0, SmokeRecorded: 1, SmokeFailed: 1 },
    { Processed: 1, Ignored: 0, Succeeded: 1, Failed: 0, AgeMs: [1_000] },
  ]);
});

test('alone in a batch they leave no figure of the provider at all, and their audit lines', () => {
  report(aResult(syntheticType, { kind: 'again' }));

  expect(metrics()).toMatchObject([{ SmokeFailed: 1 }]);
  expect(metrics()).toHaveLength(1);
  expect(stdout[0]).toMatchObject({
    message: 'Event failed',
    eventType: syntheticType,
    outcome: 'again',
  });
});
