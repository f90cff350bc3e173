import { expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { syntheticType } from '../../../../lambdas/catalog/synthetic-events.ts';
import { TransientError } from '../../../../lambdas/webhooks/failures.ts';
import type {
  EventOutcome,
  EventResult,
} from '../../../../lambdas/webhooks/process/event-outcome.ts';
import { reportResults } from '../../../../lambdas/webhooks/process/report-batch.ts';
import { useStdout } from '../../../support/stdout.ts';

const stdout = useStdout();
const now = new Date('2026-03-01T10:00:02Z');
const record = {
  messageId: 'message-1',
  attributes: { ApproximateReceiveCount: '1' },
} as SQSRecord;

function aResult(
  eventType: string,
  result: { kind: 'completed'; outcome: EventOutcome } | { kind: 'retried' | 'exhausted' },
): EventResult {
  const envelope = {
    provider: 'mux',
    eventId: 'e1',
    eventType,
    receivedAt: '2026-03-01T10:00:01Z',
    trace: 't',
    body: '{}',
  };
  const failure = new TransientError('down', 'Postgres is unavailable.');
  return {
    record,
    envelope,
    ...(result.kind === 'completed' ? result : { kind: result.kind, failure }),
  };
}

const report = (...results: readonly EventResult[]) =>
  reportResults({ provider: 'mux', payloadAllowlist: {}, startedAt: now, now }, results);
const metrics = () => stdout.filter((line) => '_aws' in line);

const type = 'video.asset.ready';
const completed = ['processed', 'stale', 'ignored', 'duplicate'] as const;
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
  ...completed.map(
    (outcome, index) =>
      [outcome, { kind: 'completed', outcome }, counters[index], 'Succeeded'] as const,
  ),
  ['retried', { kind: 'retried' }, 'Retried', 'Failed'] as const,
  ['exhausted', { kind: 'exhausted' }, 'Exhausted', 'Failed'] as const,
])('counts the outcome %s once, on one side of the failure rate, and 0 elsewhere', (...row) => {
  const [, result, own, side] = row;

  report(aResult(type, result));

  expect(counts()).toEqual([
    [own, 1],
    [side, 1],
  ]);
});

test('excludes synthetic events from the metrics of the provider', () => {
  report(
    aResult(syntheticType, { kind: 'completed', outcome: 'synthetic' }),
    aResult(syntheticType, { kind: 'retried' }),
    aResult('video.asset.ready', { kind: 'completed', outcome: 'processed' }),
  );

  expect(metrics()).toMatchObject([
    { SmokeAccepted: 0, SmokeRecorded: 1, SmokeFailed: 1 },
    { Processed: 1, Ignored: 0, Succeeded: 1, Failed: 0, AgeMs: [1_000] },
  ]);
});

test('emits no metrics of the provider for a batch of synthetic events, but logs them', () => {
  report(aResult(syntheticType, { kind: 'retried' }));

  expect(metrics()).toMatchObject([{ SmokeFailed: 1 }]);
  expect(metrics()).toHaveLength(1);
  expect(stdout[0]).toMatchObject({
    message: 'Event failed',
    eventType: syntheticType,
    outcome: 'retried',
  });
});
