import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventReport } from '../../../lambdas/operations/event-story/event-report.ts';
import { eventStory, formatDuration } from '../../../lambdas/operations/event-story/event-story.ts';

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString();

const aReport = (changes: Partial<EventReport> = {}): EventReport => ({
  provider: 'mux',
  event: 'e1',
  type: 'video.asset.ready',
  status: 'processed',
  attempts: 1,
  redrives: 0,
  replays: 0,
  receivedAt: at(0),
  processedAt: at(1),
  errorCode: null,
  errorMessage: null,
  escalatedAt: null,
  history: [],
  stateChanges: [],
  notifications: [],
  domainEvents: [],
  replayResults: [],
  operatorActions: [],
  hasBody: true,
  ...changes,
});

const aMail = {
  id: 'n1',
  kind: 'asset.ready',
  mail: 'sent',
  to: '***@example.org',
  attempts: 1,
  createdAt: at(1),
  sentAt: at(2),
  error: null,
  delivery: 'delivered',
  deliveryAt: at(4),
  deliveryReason: null,
};

const titles = (changes: Partial<EventReport>) =>
  eventStory(aReport(changes)).map(({ title }) => title);

test('follows an event from the delivery to the delivered mail', () => {
  const steps = eventStory(
    aReport({
      stateChanges: [
        {
          asset: 'a1',
          title: 'Race day',
          type: 'video.asset.ready',
          from: 'processing',
          to: 'ready',
          applied: true,
          occurredAt: at(0),
          recordedAt: at(1),
        },
      ],
      notifications: [aMail],
      domainEvents: [
        {
          id: 'd1',
          type: 'asset.ready',
          createdAt: at(1),
          publishedAt: at(3),
          attempts: 1,
          setAsideAt: null,
          error: null,
        },
      ],
    }),
  );

  expect(steps.map(({ title, sinceDeliveryMs }) => [title, sinceDeliveryMs])).toEqual([
    ['mux delivered video.asset.ready', 0],
    ['Processed', 1_000],
    ['Video “Race day”: processing → ready', 1_000],
    ['Mail asset.ready to ***@example.org requested', 1_000],
    ['Mail asset.ready sent to ***@example.org', 2_000],
    ['Domain event asset.ready published', 3_000],
    ['Mail asset.ready to ***@example.org: delivered', 4_000],
  ]);
});

test('tells why a mail was not sent, and what still waits', () => {
  const steps = eventStory(
    aReport({
      notifications: [
        { ...aMail, mail: 'failed', sentAt: null, delivery: null, error: 'validation_error' },
        { ...aMail, mail: 'pending', sentAt: null, delivery: null },
      ],
    }),
  );

  expect(steps.filter(({ title }) => title.startsWith('Mail'))).toMatchObject([
    { tone: 'bad', detail: 'failed: validation_error' },
    { tone: 'neutral', detail: 'Not sent yet.' },
  ]);
});

test('says that a stale event left the state as it was', () => {
  const change = { asset: 'a1', title: null, type: 't', from: 'ready', to: 'processing' };
  const stale = { ...change, applied: false, occurredAt: at(0), recordedAt: at(1) };

  expect(titles({ stateChanges: [stale] })).toContain('Video a1 stays ready');
});

test('numbers attempts from the first, also when older ones are not in the history', () => {
  const history = [
    { kind: 'failed-attempt', at: at(1), code: 'E1', message: 'no' },
    { kind: 'redrive', at: at(2) },
    { kind: 'failed-attempt', at: at(3), code: 'E1', message: 'no' },
    { kind: 'exhausted', at: at(4), code: 'E1', message: 'no' },
  ] as const;
  const changes = { status: 'exhausted', processedAt: null, escalatedAt: at(5), history };

  expect(titles({ ...changes, attempts: 5 })).toEqual([
    'mux delivered video.asset.ready',
    'Attempt 4 failed',
    'Redrive 1: sent back to the queue',
    'Attempt 5 failed',
    'Exhausted: no redrive is left',
    'Escalated to on-call',
  ]);
});

test('names who replayed an event and why, and shows the success once', () => {
  const steps = eventStory(
    aReport({
      attempts: 2,
      processedAt: at(31),
      history: [{ kind: 'failed-attempt', at: at(1), code: 'E1', message: 'no' }],
      replayResults: [
        {
          replay: 'r1',
          status: 'processed',
          requestedAt: at(30),
          processedAt: at(31),
          attempts: 1,
          errorCode: null,
          errorMessage: null,
          history: [],
        },
      ],
      operatorActions: [
        {
          at: at(30),
          operator: 'arn:aws:sts::1:assumed-role/operators/ana',
          command: 'events replay',
          reason: 'repaired the row',
        },
      ],
    }),
  );

  expect(steps.slice(1)).toMatchObject([
    { title: 'Attempt 1 failed', detail: 'E1: no' },
    {
      title: 'Replay requested by assumed-role/operators/ana',
      detail: 'repaired the row',
    },
    { title: 'Replay processed', tone: 'good' },
  ]);
});

test('lists the steps in the order of their times, whatever the report contains', () => {
  const time = fc.integer({ min: 0, max: 10_000 }).map(at);
  const entry = fc.record({
    kind: fc.constantFrom('failed-attempt' as const, 'redrive' as const, 'exhausted' as const),
    at: time,
    code: fc.string(),
    message: fc.string(),
  });
  const report = fc.record({
    attempts: fc.nat(100),
    processedAt: fc.option(time),
    escalatedAt: fc.option(time),
    history: fc.array(entry),
    notifications: fc.array(fc.record({ createdAt: time }).map((one) => ({ ...aMail, ...one }))),
  });

  fc.assert(
    fc.property(report, (changes) => {
      const steps = eventStory(aReport(changes));
      const since = steps.map(({ sinceDeliveryMs }) => sinceDeliveryMs);
      expect(since).toEqual(since.toSorted((one, other) => one - other));
      expect(steps.filter(({ title }) => /Attempt -?0/.test(title))).toEqual([]);
    }),
  );
});

test.each([
  [0, '0 ms'],
  [38, '38 ms'],
  [1_240, '1.2 s'],
  [59_400, '59 s'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [90_061_000, '1 d 1 h'],
  [-5, '0 ms'],
])('formats %s ms as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
