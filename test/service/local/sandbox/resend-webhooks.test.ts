import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import {
  eventTypesFor,
  resendEvent,
  resendEventTypes,
} from '../../../../local/sandbox/resend-events.ts';
import { makeResendWebhooks } from '../../../../local/sandbox/resend-webhooks.ts';
import { eventually } from '../../../support/eventually.ts';

const current = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const previous = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const mail = {
  id: 'mail-1',
  from: 'portal@example.org',
  to: ['delivered+mia@resend.dev'],
  subject: 'Ready',
  at: new Date('2026-03-01T10:00:00Z'),
  tags: [{ name: 'notification_id', value: 'n-1' }],
};

const received: { headers: IncomingHttpHeaders; body: string }[] = [];
/** Status codes of the next responses; 200 after the last one. */
let statusCodes: number[];
const server = createServer(async (request, response) => {
  received.push({ headers: request.headers, body: await text(request) });
  response.writeHead(statusCodes.shift() ?? 200).end();
});

beforeEach(async () => {
  received.length = 0;
  statusCodes = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const aSandbox = () =>
  makeResendWebhooks({
    webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    signingSecrets: () => [current, previous],
    timeScale: 1 / 5_000,
  });

const isSignedWith = (secret: string, { headers, body }: (typeof received)[number]) => {
  const standard = {
    'webhook-id': String(headers['svix-id']),
    'webhook-timestamp': String(headers['svix-timestamp']),
    'webhook-signature': String(headers['svix-signature']),
  };
  try {
    new Webhook(secret).verify(body, standard);
    return true;
  } catch {
    return false;
  }
};

test('sends the header names of Standard Webhooks on request', async () => {
  const event = resendEvent('email.delivered', mail, new Date());

  await aSandbox().deliver(event, { headerFamily: 'webhook' });

  const { headers, body } = received[0] as (typeof received)[number];
  expect(Object.keys(headers).filter((name) => name.startsWith('svix-'))).toEqual([]);
  expect(() => new Webhook(current).verify(body, headers as Record<string, string>)).not.toThrow();
});

test('signs a delivery with every secret, so that any of them verifies it', async () => {
  const { deliver } = aSandbox();
  const event = resendEvent('email.delivered', mail, new Date());
  await deliver(event);
  await deliver(event, { secrets: [previous] });
  await deliver(event, { forged: true });
  expect(received.map((one) => [isSignedWith(current, one), isSignedWith(previous, one)])).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ]);
});

test('retries a failed delivery with the same id until it succeeds', async () => {
  statusCodes = [500, 503];
  await aSandbox().sendMailEvents(mail);
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ headers }) => headers['svix-id'])).size).toBe(1);
  expect(JSON.parse(received[2]?.body ?? '')).toMatchObject({
    type: 'email.delivered',
    data: { to: mail.to },
  });
});

test('does not retry after a stop', async () => {
  statusCodes = [500];
  const sandbox = aSandbox();
  sandbox.stop();
  await sandbox.sendMailEvents(mail);
  expect(received).toHaveLength(1);
});

describe('events of a mail', () => {
  test.each([
    ['bounced@resend.dev', ['email.bounced']],
    ['Bounced+Label@Resend.dev', ['email.bounced']],
    ['complained+x@resend.dev', ['email.delivered', 'email.complained']],
    ['suppressed@resend.dev', ['email.suppressed']],
    ['delivered+bounced@resend.dev', ['email.delivered']],
    ['bounced@elsewhere.dev', ['email.delivered']],
    ['notbounced@resend.dev', ['email.delivered']],
  ])('to %s are %j', (address, types) => {
    expect(eventTypesFor(address)).toEqual(types);
    for (const type of types) expect(resendEventTypes).toContain(type);
  });
});

describe('the suppression list', () => {
  const typesSent = () => received.map(({ body }) => JSON.parse(body).type).sort();
  const to = (address: string) => ({ ...mail, to: [address] });

  test.each([
    ['bounced@resend.dev', ['email.bounced', 'suppression.added'], 'previous_bounce'],
    [
      'complained@resend.dev',
      ['email.complained', 'email.delivered', 'suppression.added'],
      'previous_complaint',
    ],
  ])(
    'contains %s after the first mail, and no later mail is tried',
    async (address, types, reason) => {
      const sandbox = aSandbox();
      await sandbox.sendMailEvents(to(address));
      await eventually(
        async () => typesSent(),
        ({ length }) => length === types.length,
      );
      expect(typesSent()).toEqual(types);

      received.length = 0;
      await sandbox.sendMailEvents(to(address.toUpperCase()));
      expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
        {
          type: 'email.suppressed',
          data: { suppressed: { type: 'OnAccountSuppressionList', reason } },
        },
      ]);
    },
  );

  test('reports an address that is removed, whose mails are tried again', async () => {
    const sandbox = aSandbox();
    const { id } = sandbox.suppressions.add('mia@members.example', 'manual');
    expect(sandbox.suppressions.remove(id)?.email).toBe('mia@members.example');
    expect(sandbox.suppressions.remove(id)).toBeUndefined();
    await eventually(
      async () => typesSent(),
      ({ length }) => length === 2,
    );
    expect(typesSent()).toEqual(['suppression.added', 'suppression.removed']);
    received.length = 0;
    await sandbox.sendMailEvents(to('mia@members.example'));
    expect(typesSent()).toEqual(['email.delivered']);
  });
});
