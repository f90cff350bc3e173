import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  deliveries,
  type MailEvent,
  parseResendEvent,
} from '../../../../lambdas/providers/resend/events.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/resend');
const fixture = (name: string) => readFileSync(join(fixtures, `${name}.json`), 'utf8');
const mailEvent = (body: string) =>
  parseResendEvent('msg_1', JSON.parse(body).type, body) as MailEvent | undefined;
const read = (name: string) => mailEvent(fixture(name));
/** Parses the fixture of a bounce after a change to its body. */
const changed = (
  change: (body: ReturnType<typeof JSON.parse>) => void,
  name = 'email.bounced.permanent',
) => {
  const body = JSON.parse(fixture(name));
  change(body);
  return mailEvent(JSON.stringify(body));
};

describe('parses every fixture of an applied type', () => {
  const names = readdirSync(fixtures).map((file) => file.replace(/\.json$/, ''));
  const known = names.filter((name) =>
    Object.keys(deliveries).some((type) => name.startsWith(type)),
  );

  test.each(known)('%s', (name) => {
    expect(read(name)).toMatchObject({
      eventId: 'msg_1',
      about: 'mail',
      occurredAt: expect.any(Date),
      emailId: expect.any(String),
    });
  });
  test('including at least one of each type', () => {
    for (const type of Object.keys(deliveries)) expect(known.join()).toContain(type);
  });
});

test.each(['email.opened', 'email.clicked'])('ignores %s', (name) => {
  expect(read(name)).toBeUndefined();
});

test('ignores unknown types, names of Object.prototype included', () => {
  expect(parseResendEvent('msg_1', 'email.teleported', '{}')).toBeUndefined();
  expect(parseResendEvent('msg_1', 'constructor', '{}')).toBeUndefined();
});

test.each([
  ['Permanent', 'General', { incident: 'permanent', status: 'bounced', isSoft: false }],
  ['Transient', 'MailboxFull', { incident: 'transient', status: 'bounced', isSoft: true }],
  ['Transient', 'General', { incident: undefined, status: undefined, isSoft: true }],
  ['Transient', 'ContentRejected', { incident: undefined, status: 'bounced', isSoft: true }],
  ['Undetermined', 'Undetermined', { incident: 'unclear', status: 'bounced', isSoft: true }],
])('reads a bounce of type %s and sub-type %s', (type, subType, expected) => {
  expect(
    changed(({ data }) => {
      Object.assign(data.bounce, { type, subType });
    }),
  ).toMatchObject(expected);
});

test('classifies a bounce without details as unclear', () => {
  expect(
    changed(({ data }) => {
      delete data.bounce;
    })?.incident,
  ).toBe('unclear');
});

test('treats a complaint as an incident', () => {
  expect(read('email.complained')).toMatchObject({ incident: 'complaint', status: 'complained' });
});

test.each([
  ['OnAccountSuppressionList', 'previous_complaint', { listedFor: 'complaint' }],
  ['OnAccountSuppressionList', 'previous_bounce', { listedFor: 'permanent-bounces' }],
  ['OnAccountSuppressionList', undefined, { listedFor: 'permanent-bounces' }],
  [undefined, 'previous_complaint', { listedFor: 'complaint' }],
  ['Suppressed', undefined, { listedFor: undefined, incident: 'permanent' }],
  [undefined, undefined, { listedFor: undefined, incident: undefined }],
])('reads a mail suppressed with type %s and reason %s', (type, reason, expected) => {
  expect(
    changed(({ data }) => {
      data.suppressed = { type, reason };
    }, 'email.suppressed'),
  ).toMatchObject({ status: 'suppressed', ...expected });
});

describe('a change of the suppression list', () => {
  const change = (type: string, data: object) =>
    parseResendEvent(
      'msg_1',
      type,
      JSON.stringify({ type, created_at: '2026-03-01T10:00:00Z', data }),
    );

  test.each([
    ['suppression.added', 'bounce', true, 'permanent-bounces'],
    ['suppression.added', 'complaint', true, 'complaint'],
    ['suppression.removed', 'manual', false, 'manual'],
  ])('%s of origin %s is read', (type, origin, isListed, reason) => {
    expect(change(type, { email: 'Mia <MIA@members.example>', origin })).toEqual({
      about: 'list',
      eventId: 'msg_1',
      type,
      occurredAt: new Date('2026-03-01T10:00:00Z'),
      address: 'mia@members.example',
      isListed,
      reason,
    });
  });

  test('without an address is rejected', () => {
    for (const data of [{}, { email: '' }, { email: 'nobody' }])
      expect(() => change('suppression.added', data)).toThrow('data.email');
  });
});

const id = '0198c1f0-7d3c-7f4e-9a51-3f0d6b1c2e44';
test.each([
  ['a map', { notification_id: id }],
  [
    'a list',
    [
      { name: 'kind', value: 'x' },
      { name: 'notification_id', value: id.toUpperCase() },
    ],
  ],
])('finds the notification id in %s of tags', (_, tags) => {
  expect(
    changed(({ data }) => {
      data.tags = tags;
    })?.notificationId,
  ).toBe(id);
});

test.each([
  [undefined],
  [null],
  ['text'],
  [{ notification_id: 'not an id' }],
  [{ notification_id: 7 }],
])('returns no notification id for the tags %j', (tags) => {
  expect(
    changed(({ data }) => {
      data.tags = tags;
    })?.notificationId,
  ).toBeUndefined();
});

test.each([
  ['2026-11-22T23:41:12.126Z', '2026-11-22T23:41:12.126Z'],
  ['2026-11-22T23:41:11.894719+00:00', '2026-11-22T23:41:11.894Z'],
  ['2026-11-22 23:41:11.894719+00', '2026-11-22T23:41:11.894Z'],
])('parses the time %s', (given, time) => {
  expect(
    changed((body) => {
      body.created_at = given;
    })?.occurredAt.toISOString(),
  ).toBe(time);
});

test('throws for a missing mail id or an invalid time, naming the field', () => {
  expect(() =>
    changed(({ data }) => {
      delete data.email_id;
    }),
  ).toThrow('data.email_id');
  expect(() =>
    changed((body) => {
      body.created_at = 'soon';
    }),
  ).toThrow("'soon' is not a time");
});
