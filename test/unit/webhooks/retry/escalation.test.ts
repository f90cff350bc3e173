import { expect, test } from '@jest/globals';
import { domainEvents } from '../../../../lambdas/catalog/domain-events.ts';
import type { OpenEvent } from '../../../../lambdas/webhooks/failed-events.queries.ts';
import { escalate } from '../../../../lambdas/webhooks/retry/escalation.ts';

const now = new Date('2026-03-01T12:00:00Z');
const settings = { stage: 'prod', recipient: 'partner@example.org' };

function anExhaustedEvent(event: Partial<OpenEvent> = {}): OpenEvent {
  return {
    source: 'mux',
    eventId: 'event-1',
    type: 'video.asset.ready',
    body: '{}',
    receivedAt: new Date('2026-03-01T09:00:00Z'),
    redrives: 5,
    attempts: 18,
    errorCode: '23505',
    errorMessage: 'duplicate key\n    at somewhere',
    ...event,
  };
}

test('nothing exhausted is nothing to tell', () => {
  expect(escalate([], settings, now)).toEqual({ notifications: [], outbox: [] });
});

test('however many events, there is one mail and one message to those on call, and a domain event for each', () => {
  const events = Array.from({ length: 120 }, (_, index) =>
    anExhaustedEvent({ eventId: `event-${index}` }),
  );

  const { notifications, outbox } = escalate(events, settings, now);

  expect(notifications).toEqual([
    expect.objectContaining({ recipient: 'partner@example.org', kind: 'webhooks.exhausted' }),
  ]);
  const types = outbox.map(({ type }) => type);
  expect(types.filter((type) => type === 'webhook.exhausted')).toHaveLength(120);
  expect(types.filter((type) => type === 'on-call.alerted')).toHaveLength(1);
  expect(types.filter((type) => type === 'notification.requested')).toHaveLength(1);
  expect(new Set(outbox.map(({ id }) => id)).size).toBe(outbox.length);
});

test('every domain event has the documented shape', () => {
  const { outbox } = escalate([anExhaustedEvent()], settings, now);

  expect(outbox).not.toEqual([]);
  for (const { type, detail } of outbox)
    expect(domainEvents[type as keyof typeof domainEvents].safeParse(detail).error).toBeUndefined();
});

test('mail and chat name provider, type, event, age, error, and the command that replays it', () => {
  const { notifications, outbox } = escalate([anExhaustedEvent()], settings, now);
  const chat = outbox.find(({ type }) => type === 'on-call.alerted');

  for (const told of [JSON.stringify(notifications[0]?.params), JSON.stringify(chat?.detail)]) {
    for (const fact of ['mux', 'video.asset.ready', 'event-1', '3 h', '23505: duplicate key'])
      expect(told).toContain(fact);
    expect(told).toContain(
      'npm run ops -- events replay --provider mux --event event-1 --stage prod',
    );
  }
});

test('what a provider sends can neither mention people in a chat nor run anything in a shell', () => {
  const hostile = anExhaustedEvent({
    eventId: `x'; rm -rf / #`,
    errorMessage: '<!channel> *bold* `code` @here <https://evil.example|click>',
  });

  const { outbox } = escalate([hostile], settings, now);
  const alert = outbox.find(({ type }) => type === 'on-call.alerted');
  const { message } = domainEvents['on-call.alerted'].parse(alert?.detail);

  expect(message.content.description).not.toMatch(/[<>@]|\*bold/);
  expect(message.content.nextSteps[0]).toContain(`--event 'x'\\''; rm -rf / #'`);
});
