import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { makeMailPace } from '../../../lambdas/notifications/mail-pace.ts';
import { insertNotifications } from '../../../lambdas/notifications/notifications.queries.ts';
import { makeSendMail } from '../../../lambdas/notifications/resend-client.ts';
import { makeSendBatch } from '../../../lambdas/notifications/send-batch.ts';
import { makeSendNotification } from '../../../lambdas/notifications/send-notification.ts';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';
import type { TestDatabase } from '../postgres/database.ts';
import type { ResendServer } from './resend-server.ts';

export const mailAddress = 'ada.lovelace@example.org';
export const start = new Date('2026-11-23T10:00:00Z');
const HOUR_MS = 3_600_000;

/** A message that the sender sent to its own queue. */
export interface Copy {
  body: string;
  delaySeconds: number;
}

export interface Sender {
  userId: string;
  copies: Copy[];
  /** Visibility timeouts that the sender set, by message id. */
  hidden: Record<string, number>;
  /** Waits of the sender for a slot, in milliseconds. */
  waits: number[];
  remainingMs: number;
  sendDelayed: (body: string, delaySeconds: number) => Promise<void>;
  at: Date;
  apiKey: () => Promise<string>;
  deliver(
    event: SQSEvent,
    changes?: { db?: Queryable; portalUrl?: string; timeoutMs?: number; initialRate?: number },
  ): Promise<SQSBatchResponse>;
  /** Inserts a notification whose mail is pending, and returns its id. */
  notify(row?: { kind?: string; params?: Record<string, unknown> }): Promise<string>;
  stored(id: string): Promise<Record<string, unknown>>;
  hoursLater(hours: number): void;
}

/** Wires the sender as its handler does, with a clock and an API key that tests set. */
export function useSender(database: TestDatabase, resend: ResendServer): Sender {
  const userId = randomUUID();
  const sender: Sender = {
    userId,
    at: start,
    copies: [],
    hidden: {},
    waits: [],
    remainingMs: 60_000,
    sendDelayed: async () => {},
    apiKey: async () => 're_current',
    deliver(
      event,
      {
        db = database.pool as Queryable,
        portalUrl = 'https://portal.example',
        timeoutMs = 250,
        initialRate = 1_000,
      } = {},
    ) {
      const from = 'Portal <portal@example.org>';
      const sendMail = makeSendMail({
        apiKey: () => sender.apiKey(),
        from,
        replyTo: 'support@example.org',
        timeoutMs,
      });
      const now = () => sender.at;
      const random = () => 0.5;
      const wait = async (milliseconds: number) => void sender.waits.push(milliseconds);
      const pace = makeMailPace({ initialRate, now, wait, random });
      const settings = { database: async () => db, sendMail, pace, portalUrl, now };
      const sendBatch = makeSendBatch({
        sendNotification: makeSendNotification(settings),
        queue: {
          changeVisibility: async (receiptHandle, seconds) =>
            void Object.assign(sender.hidden, { [receiptHandle]: seconds }),
          sendDelayed: ({ body }, delaySeconds) => sender.sendDelayed(body, delaySeconds),
        },
        now,
        random,
        wait,
      });
      return sendBatch(event, { getRemainingTimeInMillis: () => sender.remainingMs });
    },
    async notify({ kind = 'asset.ready', params = {} } = {}) {
      const id = randomUUID();
      const all = {
        assetId: randomUUID(),
        title: 'Launch film',
        durationSeconds: 205.3,
        ...params,
      };
      const event = { source: 'mux', eventId: id, assetId: null, createdAt: start };
      await insertNotifications(database.pool, [{ id, userId, kind, params: all, ...event }]);
      return id;
    },
    async stored(id) {
      const { rows } = await database.pool.query(
        'select * from portal.notifications where id = $1',
        [id],
      );
      return rows[0];
    },
    hoursLater(hours) {
      sender.at = new Date(start.getTime() + hours * HOUR_MS);
    },
  };

  beforeAll(async () => {
    const insert = `insert into portal.users (id, email, name) values ($1, $2, 'Ada Lovelace')`;
    await database.pool.query(insert, [userId, mailAddress]);
  });
  beforeEach(async () => {
    await database.pool.query('delete from portal.mail_pace');
    Object.assign(sender, {
      at: start,
      copies: [],
      hidden: {},
      waits: [],
      remainingMs: 60_000,
      apiKey: async () => 're_current',
      sendDelayed: async (body: string, delaySeconds: number) =>
        void sender.copies.push({ body, delaySeconds }),
    });
    resend.now = () => sender.at;
    process.env['RESEND_BASE_URL'] = resend.url;
  });
  afterEach(() => {
    delete process.env['RESEND_BASE_URL'];
  });
  return sender;
}

export function requested(notificationId: string) {
  return {
    id: randomUUID(),
    source: 'motion-mavericks.portal',
    'detail-type': 'notification.requested',
    detail: { version: 1, id: randomUUID(), occurredAt: start.toISOString(), notificationId },
  };
}

export function batch(...ids: string[]): SQSEvent {
  return messages(...ids.map((notificationId) => JSON.stringify(requested(notificationId))));
}

export function messages(...texts: string[]): SQSEvent {
  const attributes = { ApproximateReceiveCount: '1' };
  return {
    Records: texts.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: `m${index}`,
      body,
      attributes,
      messageAttributes: {},
    })),
  } as SQSEvent;
}

export function open(...messageIds: string[]): SQSBatchResponse {
  return { batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })) };
}
