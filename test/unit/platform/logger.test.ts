import { expect, test } from '@jest/globals';
import { emitMetrics, log } from '../../../lambdas/platform/logger.ts';
import { useStdout } from '../../support/stdout.ts';

const stdout = useStdout();

test('writes a log line as one JSON object with level, time, message and fields', () => {
  log.info('Delivery accepted', { provider: 'mux', bytes: 1_800 });
  log.warn('Slow');
  log.error('Failed', { error: new Error('no connection') });

  expect(stdout).toEqual([
    {
      level: 'INFO',
      timestamp: expect.any(String),
      message: 'Delivery accepted',
      provider: 'mux',
      bytes: 1_800,
    },
    { level: 'WARN', timestamp: expect.any(String), message: 'Slow' },
    {
      level: 'ERROR',
      timestamp: expect.any(String),
      message: 'Failed',
      error: { name: 'Error', message: 'no connection', stack: expect.any(String) },
    },
  ]);
  expect(stdout.map(({ timestamp }) => new Date(String(timestamp)).toISOString())).toEqual(
    stdout.map(({ timestamp }) => timestamp),
  );
});

test('redacts the message and the fields of a log line', () => {
  log.info('Mailed jane@example.org', { to: ['joe@example.org'], token: 'abc' });

  expect(stdout).toMatchObject([
    { message: 'Mailed ***@example.org', to: ['***@example.org'], token: '***' },
  ]);
});

test('a field cannot replace the level, time or message of its line', () => {
  log.error('Failed', { level: 'INFO', timestamp: 'never', message: 'All is well' });

  expect(stdout).toMatchObject([{ level: 'ERROR', message: 'Failed' }]);
  expect(stdout[0]?.['timestamp']).not.toBe('never');
});

test('writes metrics as one line of the embedded format, with units by name', () => {
  emitMetrics('missing-traffic', { MissingTrafficSeconds: 90 }, { provider: 'mux' });
  emitMetrics('mails', { Mails: 1, MailMs: [12.5, 13] }, { outcome: 'sent' });

  expect(stdout).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'MotionMavericks/Webhooks/none',
            Dimensions: [['provider']],
            Metrics: [{ Name: 'MissingTrafficSeconds', Unit: 'Seconds' }],
          },
        ],
      },
      provider: 'mux',
      MissingTrafficSeconds: 90,
    },
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'MotionMavericks/Webhooks/none',
            Dimensions: [['outcome']],
            Metrics: [
              { Name: 'Mails', Unit: 'Count' },
              { Name: 'MailMs', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      outcome: 'sent',
      Mails: 1,
      MailMs: [12.5, 13],
    },
  ]);
});

test('writes metrics without dimensions under the namespace only', () => {
  emitMetrics('outbox', { EventsPublished: 0, EventsNotPublished: 0 }, {});

  expect(stdout).toMatchObject([
    { _aws: { CloudWatchMetrics: [{ Dimensions: [[]] }] }, EventsPublished: 0 },
  ]);
});

test('leaves out an empty list, because CloudWatch would reject the whole line', () => {
  emitMetrics('mails', { Mails: 1, MailMs: [] }, { outcome: 'sent' });

  expect(stdout).toMatchObject([
    { _aws: { CloudWatchMetrics: [{ Metrics: [{ Name: 'Mails' }] }] } },
  ]);
  expect(Object.keys(stdout[0] ?? {})).toEqual(['_aws', 'outcome', 'Mails']);
});
