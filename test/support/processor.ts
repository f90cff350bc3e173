import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type pg from 'pg';
import type { PublishableEvent } from '../../lambdas/outbox/put-events.ts';
import type { QueueMessage } from '../../lambdas/platform/aws/queue-message.ts';
import type { Clock } from '../../lambdas/platform/clock.ts';
import type { GetPool } from '../../lambdas/platform/postgres/database.ts';
import { makeMuxEventHandler } from '../../lambdas/providers/mux/apply.ts';
import { type MuxEvent, parseMuxEvent } from '../../lambdas/providers/mux/events.ts';
import {
  muxPayloadAllowlist,
  muxReplayFields,
} from '../../lambdas/providers/mux/payload-allowlist.ts';
import { importPlaybackKey, makeSignPlayback } from '../../lambdas/providers/mux/playback-url.ts';
import { makeResendEventHandler } from '../../lambdas/providers/resend/apply.ts';
import { makeContacts } from '../../lambdas/providers/resend/effects.ts';
import { parseResendEvent } from '../../lambdas/providers/resend/events.ts';
import {
  resendPayloadAllowlist,
  resendReplayFields,
} from '../../lambdas/providers/resend/payload-allowlist.ts';
import { parseSuppressionRule } from '../../lambdas/providers/resend/suppression.ts';
import { type Envelope, toQueueMessage } from '../../lambdas/webhooks/envelope.ts';
import type { PayloadAllowlist } from '../../lambdas/webhooks/payload-allowlist.ts';
import type { EventHandler } from '../../lambdas/webhooks/process/event-handler.ts';
import { type ExactlyOnce, makeExactlyOnce } from '../../lambdas/webhooks/process/exactly-once.ts';
import type { ParseEvent } from '../../lambdas/webhooks/process/parse-batch.ts';
import { makeProcessBatch } from '../../lambdas/webhooks/process/process-batch.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signingKey = JSON.stringify({
  keyId: 'key-1',
  privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
});

export interface TestProcessor {
  process(records: readonly SQSRecord[]): Promise<readonly string[]>;
  /** Visibility timeouts in seconds of the retried messages, by receipt handle. */
  readonly visibilityTimeouts: Map<string, number>;
  /** Copies that the processor sent to its queue. */
  readonly copies: (QueueMessage & { readonly delaySeconds: number })[];
  /** Times in milliseconds that the processor waited before it sent copies. */
  readonly waits: number[];
  /** Events published to the bus. */
  readonly published: PublishableEvent[];
}

/** Creates the Mux processor as deployed, except for the bus and the secret. */
export function aMuxProcessor(
  pool: pg.Pool,
  {
    readKey = async () => signingKey,
    ...conditions
  }: Conditions & { readKey?: () => Promise<string> } = {},
): TestProcessor {
  const mux = {
    provider: 'mux',
    parse: parseMuxEvent,
    payloadAllowlist: muxPayloadAllowlist,
    replayFields: muxReplayFields,
    eventHandler: makeMuxEventHandler(
      makeSignPlayback(
        async () => importPlaybackKey(await readKey()),
        168,
        () => new Date(),
      ),
    ),
  };
  return aProcessor(pool, mux, conditions);
}

/** Creates the Resend processor as deployed, except for the bus. */
export function aResendProcessor(
  pool: pg.Pool,
  {
    rule = '2/5/30',
    support = 'support@example.org',
    ...conditions
  }: Conditions & { rule?: string; support?: string } = {},
): TestProcessor {
  const resend = {
    provider: 'resend',
    parse: parseResendEvent,
    payloadAllowlist: resendPayloadAllowlist,
    replayFields: resendReplayFields,
    eventHandler: makeResendEventHandler(
      parseSuppressionRule(rule),
      makeContacts('test', support, ['partner@example.org', 'advisor@example.org']),
    ),
  };
  return aProcessor(pool, resend, conditions);
}

/** Creates the transactional part of the Mux processor, with unsigned playback URLs. */
export function makeMuxExactlyOnce(
  pool: pg.Pool,
  beforeSigning: () => Promise<void> = async () => {},
): ExactlyOnce<MuxEvent> {
  return makeExactlyOnce({
    provider: 'mux',
    pool: async () => pool,
    eventHandler: makeMuxEventHandler(async (id) => {
      await beforeSigning();
      return { url: `https://stream.mux.com/${id}.m3u8`, expiresAt: null };
    }),
    now: () => new Date(),
  });
}

interface Conditions {
  readonly now?: Clock;
  readonly busIsDown?: boolean;
  readonly remainingMs?: number;
  readonly queueIsDown?: boolean;
  /** @default returns the pool of the processor */
  readonly openPool?: GetPool;
}

interface ProviderParts<Event, Rows> {
  readonly provider: string;
  readonly parse: ParseEvent<Event>;
  readonly payloadAllowlist: PayloadAllowlist;
  readonly replayFields: PayloadAllowlist;
  readonly eventHandler: EventHandler<Event, Rows>;
}

function aProcessor<Event, Rows>(
  pool: pg.Pool,
  provider: ProviderParts<Event, Rows>,
  {
    now = () => new Date(),
    busIsDown = false,
    queueIsDown = false,
    remainingMs = 30_000,
    openPool = async () => pool,
  }: Conditions,
): TestProcessor {
  const published: PublishableEvent[] = [];
  const visibilityTimeouts = new Map<string, number>();
  const copies: TestProcessor['copies'] = [];
  const waits: number[] = [];
  const processBatch = makeProcessBatch({
    ...provider,
    pool: openPool,
    publish: async (events) => {
      if (busIsDown)
        return {
          published: [],
          failed: events.map(({ id }) => ({ id, error: 'down', kind: 'unavailable' })),
        };
      published.push(...events);
      return { published: events.map(({ id }) => id), failed: [] };
    },
    queue: {
      async changeVisibility(receiptHandle, seconds) {
        visibilityTimeouts.set(receiptHandle, seconds);
      },
      async sendDelayed(message, delaySeconds) {
        if (queueIsDown) throw new Error('The queue is down.');
        copies.push({ ...message, delaySeconds });
      },
    },
    wait: async (milliseconds) => void waits.push(milliseconds),
    now,
  });
  const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
  return {
    published,
    visibilityTimeouts,
    copies,
    waits,
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

/** Creates a message as sent by the verifier and received from SQS. */
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
