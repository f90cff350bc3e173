import { expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { parseMuxEvent } from '../../../../lambdas/providers/mux/events.ts';
import { muxPayloadAllowlist } from '../../../../lambdas/providers/mux/payload-allowlist.ts';
import { parseResendEvent } from '../../../../lambdas/providers/resend/events.ts';
import { resendPayloadAllowlist } from '../../../../lambdas/providers/resend/payload-allowlist.ts';
import { toQueueMessage } from '../../../../lambdas/webhooks/envelope.ts';
import { parseBatch } from '../../../../lambdas/webhooks/process/parse-batch.ts';
import { reportResults } from '../../../../lambdas/webhooks/process/report-batch.ts';
import { useStdout } from '../../../support/stdout.ts';
import { anyCharacter } from '../../../support/texts/any-character.ts';

useStdout();

function aRecord(provider: string, eventType: string, body: string): SQSRecord {
  const message = toQueueMessage({
    provider,
    eventId: 'evt-1',
    eventType,
    receivedAt: '2026-11-28T10:00:00.000Z',
    trace: 'trace',
    body,
  });
  return {
    messageId: 'message-1',
    body: message.body,
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, stringValue]) => [
        name,
        { dataType: 'String', stringValue },
      ]),
    ),
  } as unknown as SQSRecord;
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const nestedObjects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

/** Bodies whose `data` a sender has nested, widened or filled with unusual text. */
const anyBody = fc.oneof(
  fc.integer({ min: 1, max: 200_000 }).map((levels) => `{"data":{"id":${nested(levels)}}}`),
  fc.integer({ min: 1, max: 100_000 }).map((levels) => `{"data":${nestedObjects(levels)}}`),
  fc.integer({ min: 1, max: 200_000 }).map((items) => `{"data":[1${',1'.repeat(items)}]}`),
  fc.string({ unit: anyCharacter }).map((text) => JSON.stringify({ data: { id: text } })),
  fc.string({ unit: anyCharacter }),
  fc.json(),
);

const mux = { provider: 'mux', parse: parseMuxEvent, payloadAllowlist: muxPayloadAllowlist };
const resend = {
  provider: 'resend',
  parse: parseResendEvent,
  payloadAllowlist: resendPayloadAllowlist,
};

test('an event of an ignored type is acknowledged and logged, whatever its body', () => {
  fc.assert(
    fc.property(anyBody, fc.boolean(), (body, isMux) => {
      const record = isMux
        ? aRecord('mux', 'robots.job.finished', body)
        : aRecord('resend', 'contact.created', body);
      const { parsed, invalid } = isMux ? parseBatch([record], mux) : parseBatch([record], resend);

      expect(invalid).toEqual([]);
      const { envelope, incoming } = parsed[0] as (typeof parsed)[number];
      expect(incoming.event).toBeUndefined();
      expect(() => JSON.parse(incoming.body)).not.toThrow();
      const at = new Date();
      reportResults(
        { provider: 'mux', payloadAllowlist: muxPayloadAllowlist, startedAt: at, now: at },
        [{ record, envelope, kind: 'completed', outcome: 'ignored' }],
      );
    }),
    { numRuns: 50 },
  );
});

test('stores a marker in place of a body that cannot be read', () => {
  const record = aRecord('mux', 'robots.job.finished', 'not JSON');

  expect(parseBatch([record], mux).parsed[0]?.incoming.body).toBe(
    '{"removed":"The body could not be read."}',
  );
});

test('hides what redaction recognises in an applied event whose provider lists no fields', () => {
  const data = { email_id: 'mail-1', to: ['Mia <mia@members.example>'], token: 'abc', n: 1 };
  const body = JSON.stringify({ type: 'email.sent', created_at: '2026-03-01T10:00:00Z', data });
  const { incoming } = parseBatch([aRecord('resend', 'email.sent', body)], resend).parsed[0] ?? {};

  expect(incoming?.event).toBeDefined();
  expect(JSON.parse(incoming?.body ?? '')).toMatchObject({
    type: 'email.sent',
    data: { email_id: 'mail-1', to: ['Mia <***@members.example>'], token: '***', n: 1 },
  });
});

test('stores only the fields of the allow-list of an event of an ignored type', () => {
  const secret = 'aaaaaaaa-1111-2222-3333-444444444444';
  const data = {
    id: 'live-stream',
    status: 'idle',
    stream_key: secret,
    srt_passphrase: secret,
    simulcast_targets: [{ id: 's1', stream_key: secret, url: `rtmp://live.example/${secret}` }],
    playback_ids: [{ id: secret, policy: 'public' }],
  };
  const record = aRecord('mux', 'video.live_stream.updated', JSON.stringify({ data }));

  expect(JSON.parse(parseBatch([record], mux).parsed[0]?.incoming.body ?? '')).toEqual({
    data: { id: 'live-stream', status: 'idle', playback_ids: [{ policy: 'public' }] },
  });
});
