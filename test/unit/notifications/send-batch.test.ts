import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { eventSource } from '../../../lambdas/catalog/domain-events.ts';
import { makeSendBatch } from '../../../lambdas/notifications/send-batch.ts';
import type { NotificationResult } from '../../../lambdas/notifications/send-notification.ts';
import { DatabaseUnavailableError } from '../../../lambdas/platform/postgres/unavailable.ts';

function mailRequest(): SQSRecord {
  const detail = {
    version: 1,
    id: randomUUID(),
    occurredAt: '2026-03-01T10:00:00.000Z',
    notificationId: randomUUID(),
  };
  return {
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    body: JSON.stringify({
      source: eventSource,
      'detail-type': 'notification.requested',
      detail,
    }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'bus',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:ap-southeast-2:000000000000:requests',
    awsRegion: 'ap-southeast-2',
  };
}

/** Sends a batch of five mails, of which each attempt has the next result. */
async function sendFive(...results: readonly (NotificationResult | Error)[]) {
  const copies: string[] = [];
  const waits: number[] = [];
  let attempts = 0;
  const records = Array.from({ length: 5 }, mailRequest);
  const sendBatch = makeSendBatch({
    sendNotification: async () => {
      const result = results[attempts];
      attempts += 1;
      if (result instanceof Error || result === undefined) throw result;
      return result;
    },
    queue: {
      changeVisibility: async () => {},
      sendDelayed: async ({ body }) => void copies.push(body),
    },
    now: () => new Date('2026-03-01T10:00:01Z'),
    wait: async (milliseconds) => void waits.push(milliseconds),
  });
  const response = await sendBatch(
    { Records: records },
    { getRemainingTimeInMillis: () => 60_000 },
  );
  const bodies = records.map(({ body }) => body);
  return { attempts, copies, bodies, waits, failed: response.batchItemFailures };
}

const sent: NotificationResult = { outcome: 'sent', emailId: 'mail-1' };

test('tries Postgres once for a batch while it is unavailable', async () => {
  const { attempts, copies, bodies, failed } = await sendFive(
    new DatabaseUnavailableError(new Error('Query read timeout')),
  );

  expect(attempts).toBe(1);
  expect(copies).toEqual(bodies);
  expect(failed).toEqual([]);
});

test('returns only the mails after the begin of an outage', async () => {
  const lost = new Error('Connection terminated unexpectedly');
  const { attempts, copies, bodies } = await sendFive(sent, sent, lost);

  expect(attempts).toBe(3);
  expect(copies).toEqual(bodies.slice(2));
});

test('occupies the sender for some seconds, once for a batch', async () => {
  const { waits } = await sendFive(new DatabaseUnavailableError(new Error('refused')));

  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThan(3_000);
  expect(waits[0]).toBeLessThanOrEqual(4_000);
});
