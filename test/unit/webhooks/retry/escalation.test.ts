import { expect, test } from '@jest/globals';
import { domainEvents } from '../../../../lambdas/catalog/domain-events.ts';
import type { UnappliedEvent } from '../../../../lambdas/webhooks/failed-events.queries.ts';
import { composeEscalation } from '../../../../lambdas/webhooks/retry/escalation.ts';

const now = new Date('2026-03-01T12:00:00Z');
const options = { stage: 'prod', recipient: 'partner@example.org' };

function anExhaustedEvent(event: Partial<UnappliedEvent> = {}): UnappliedEvent {
  return {
    source: 'mux',
    eventId: 'event-1',
    type: 'video.asset.ready',
    receivedAt: new Date('2026-03-01T09:00:00Z'),
    redrives: 5,
    attempts: 18,
    errorCode: '23505',
    errorMessage: 'duplicate key\n    at somewhere',
    ...event,
  };
}

test('returns no escalation when no event is exhausted', () => {
  expect(composeEscalation([], options, now)).toEqual({ notifications: [], outbox: [] });
});

test('composes one mail, one on-call alert and a domain event for each event', () => {
  const events = Array.from({ length: 120 }, (_, index) =>
    anExhaustedEvent({ eventId: `event-${index}` }),
  );

  const { notifications, outbox } = composeEscalation(events, options, now);

  expect(notifications).toEqual([
    expect.objectContaining({ recipient: 'partner@example.org', kind: 'webhooks.exhausted' }),
  ]);
  const types = outbox.map(({ type }) => type);
  expect(types.filter((type) => type === 'webhook.exhausted')).toHaveLength(120);
  expect(types.filter((type) => type === 'on-call.alerted')).toHaveLength(1);
  expect(types.filter((type) => type === 'notification.requested')).toHaveLength(1);
  expect(new Set(outbox.map(({ id }) => id)).size).toBe(outbox.length);
});

test('composes domain events of the documented shape', () => {
  const { outbox } = composeEscalation([anExhaustedEvent()], options, now);

  expect(outbox).not.toEqual([]);
  for (const { type, detail } of outbox)
    expect(domainEvents[type as keyof typeof domainEvents].safeParse(detail).error).toBeUndefined();
});

test('names provider, type, event, age, error and replay command in mail and chat', () => {
  const { notifications, outbox } = composeEscalation([anExhaustedEvent()], options, now);
  const chat = outbox.find(({ type }) => type === 'on-call.alerted');

  for (const text of [JSON.stringify(notifications[0]?.params), JSON.stringify(chat?.detail)]) {
    for (const part of ['mux', 'video.asset.ready', 'event-1', '3 h', '23505: duplicate key'])
      expect(text).toContain(part);
    expect(text).toContain(
      'npm run ops -- events replay --provider mux --event event-1 --stage prod',
    );
  }
});

test('escapes texts of providers for the chat and for the shell', () => {
  const hostile = anExhaustedEvent({
    eventId: `x'; rm -rf / #`,
    errorMessage: '<!channel> *bold* `code` @here <https://evil.example|click>',
  });

  const { outbox } = composeEscalation([hostile], options, now);
  const alert = outbox.find(({ type }) => type === 'on-call.alerted');
  const { message } = domainEvents['on-call.alerted'].parse(alert?.detail);

  expect(message.content.description).not.toMatch(/[<>@]|\*bold/);
  expect(message.content.nextSteps[0]).toContain(`--event 'x'\\''; rm -rf / #'`);
});

test('2,003 events are counted, grouped by error with one command each, and ten are listed', () => {
  const events = Array.from({ length: 2_003 }, (_, index) =>
    anExhaustedEvent({
      eventId: `event-${index}`,
      source: index % 500 === 0 ? 'resend' : 'mux',
      errorCode: index < 3 ? null : `E${Math.min(index % 100, 12)}`,
    }),
  );

  const { notifications, outbox } = composeEscalation(events, options, now);
  const params = notifications[0]?.params as {
    total: number;
    groups: { events: number; replayCommand: string }[];
    events: unknown[];
  };
  const [alert] = outbox;
  const { message } = domainEvents['on-call.alerted'].parse(alert?.detail);

  expect(params.total).toBe(2_003);
  expect(params.events).toHaveLength(10);
  expect(params.groups).toHaveLength(10);
  expect(params.groups[0]?.replayCommand).toBe(
    'npm run ops -- events replay --provider mux --status exhausted --code E12 ' +
      "--reason 'The cause is fixed' --stage prod",
  );
  const sizes = params.groups.map(({ events: size }) => size);
  expect(sizes).toEqual(sizes.toSorted((one, other) => other - one));
  expect(message.content.title).toContain('2,003 events');
  expect(message.content.nextSteps).toHaveLength(6);
});
