import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type pg from 'pg';
import type { PublishableEvent } from '../../lambdas/outbox/put-events.ts';
import type { Clock } from '../../lambdas/platform/clock.ts';
import { makeMuxApplication } from '../../lambdas/providers/mux/apply.ts';
import { parseMuxEvent } from '../../lambdas/providers/mux/events.ts';
import { muxPayloadAllowlist } from '../../lambdas/providers/mux/payload-allowlist.ts';
import { makeSignPlayback } from '../../lambdas/providers/mux/playback-url.ts';
import { makeResendApplication } from '../../lambdas/providers/resend/apply.ts';
import { parseResendEvent } from '../../lambdas/providers/resend/events.ts';
import { resendPayloadAllowlist } from '../../lambdas/providers/resend/payload-allowlist.ts';
import { parseSuppressionRule } from '../../lambdas/providers/resend/suppression.ts';
import { type Envelope, toQueueMessage } from '../../lambdas/webhooks/envelope.ts';
import type { PayloadAllowlist } from '../../lambdas/webhooks/payload-allowlist.ts';
import type { Application } from '../../lambdas/webhooks/process/exactly-once.ts';
import type { Parse } from '../../lambdas/webhooks/process/parse-batch.ts';
import { makeProcessBatch } from '../../lambdas/webhooks/process/process-batch.ts';
import { makeProcessorStore } from '../../lambdas/webhooks/process/processor-store.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signingKey = JSON.stringify({
  keyId: 'key-1',
  privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
});

export interface TestProcessor {
  process(records: readonly SQSRecord[]): Promise<readonly string[]>;
  /** Receipt handles of what was sent back, and for how many seconds. */
  readonly hidden: Map<string, number>;
  /** What the bus got. */
  readonly published: PublishableEvent[];
}

/** The Mux processor as it is deployed, but for the bus and the secret. */
export function aMuxProcessor(
  pool: pg.Pool,
  {
    readKey = async () => signingKey,
    ...endpoints
  }: ServiceEndpoints & { readKey?: () => Promise<string> } = {},
): TestProcessor {
  const application = makeMuxApplication(makeSignPlayback(readKey, () => new Date()));
  const part = {
    provider: 'mux',
    parse: parseMuxEvent,
    payloadAllowlist: muxPayloadAllowlist,
    application,
  };
  return aProcessor(pool, part, endpoints);
}

/** The Resend processor as it is deployed, but for the bus. */
export function aResendProcessor(
  pool: pg.Pool,
  {
    rule = '2/5/30',
    support = 'support@example.org',
    ...endpoints
  }: ServiceEndpoints & { rule?: string; support?: string } = {},
): TestProcessor {
  const application = makeResendApplication(parseSuppressionRule(rule), support);
  const part = {
    provider: 'resend',
    parse: parseResendEvent,
    payloadAllowlist: resendPayloadAllowlist,
    application,
  };
  return aProcessor(pool, part, endpoints);
}

interface ServiceEndpoints {
  readonly now?: Clock;
  readonly busIsDown?: boolean;
  readonly remainingMs?: number;
}

interface Part<Event> {
  readonly provider: string;
  readonly parse: Parse<Event>;
  readonly payloadAllowlist: PayloadAllowlist;
  readonly application: Application<Event>;
}

function aProcessor<Event>(
  pool: pg.Pool,
  { provider, parse, payloadAllowlist, application }: Part<Event>,
  { now = () => new Date(), busIsDown = false, remainingMs = 30_000 }: ServiceEndpoints,
): TestProcessor {
  const published: PublishableEvent[] = [];
  const hidden = new Map<string, number>();
  const processBatch = makeProcessBatch({
    provider,
    parse,
    payloadAllowlist,
    store: makeProcessorStore({ provider, pool: async () => pool, application, now }),
    publish: async (events) => {
      if (busIsDown)
        return { published: [], failed: events.map(({ id }) => ({ id, error: 'down' })) };
      published.push(...events);
      return { published: events.map(({ id }) => id), failed: [] };
    },
    queue: {
      async changeVisibility(receiptHandle, seconds) {
        hidden.set(receiptHandle, seconds);
      },
    },
    now,
  });
  const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
  return {
    published,
    hidden,
    async process(records) {
      const { batchItemFailures } = await processBatch(
        { Records: [...records] } satisfies SQSEvent,
        context,
      );
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
  };
}

export interface MuxBody {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message as the verifier sends it and SQS hands it to the processor. */
export function aMuxRecord(body: MuxBody, envelope: Partial<Envelope> = {}): SQSRecord {
  const message = toQueueMessage({
    provider: 'mux',
    eventId: body.id,
    eventType: body.type,
    receivedAt: '2026-03-01T10:00:01.000Z',
    trace: 'trace-1',
    body: JSON.stringify(body),
    ...envelope,
  });
  return aRecord(message.body, message.attributes);
}

export function aRecord(body: string, attributes: Readonly<Record<string, string>>): SQSRecord {
  return {
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    body,
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [
        name,
        { stringValue, dataType: 'String' },
      ]),
    ),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'verifier',
      ApproximateFirstReceiveTimestamp: '0',
    },
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:ap-southeast-2:000000000000:deliveries',
    awsRegion: 'ap-southeast-2',
  };
}
