import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { deliveries, parseResendEvent } from '../../../../lambdas/providers/resend/events.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/resend');
const fixture = (name: string) => readFileSync(join(fixtures, `${name}.json`), 'utf8');
const read = (name: string) => {
  const body = fixture(name);
  return parseResendEvent('msg_1', JSON.parse(body).type, body);
};
/** Parses the fixture of a bounce after a change to its body. */
const changed = (
  change: (body: ReturnType<typeof JSON.parse>) => void,
  name = 'email.bounced.permanent',
) => {
  const body = JSON.parse(fixture(name));
  change(body);
  return parseResendEvent('msg_1', body.type, JSON.stringify(body));
};

describe('parses every fixture of an applied type', () => {
  const names = readdirSync(fixtures).map((file) => file.replace(/\.json$/, ''));
  const known = names.filter((name) =>
    Object.keys(deliveries).some((type) => name.startsWith(type)),
  );

  test.each(known)('%s', (name) => {
    expect(read(name)).toMatchObject({
      eventId: 'msg_1',
      occurredAt: expect.any(Date),
      addresses: [expect.stringContaining('@')],
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
  ['Permanent', 'permanent'],
  ['Transient', 'transient'],
  ['Temporary', 'transient'],
  ['Undetermined', 'unclear'],
  [undefined, 'unclear'],
])('classifies a bounce of type %p as %s', (type, incident) => {
  expect(
    changed(({ data }) => {
      data.bounce.type = type;
    })?.incident,
  ).toBe(incident);
});

test('classifies a bounce without details as unclear', () => {
  expect(
    changed(({ data }) => {
      delete data.bounce;
    })?.incident,
  ).toBe('unclear');
});

test('treats a complaint as an incident, but not a suppression by Resend', () => {
  expect(read('email.complained')?.incident).toBe('complaint');
  expect(read('email.suppressed')?.incident).toBeUndefined();
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

test('removes case, display names and repetitions from addresses', () => {
  const to = ['Mia <Mia@Members.example>', 'mia@members.example', 'tom@members.example'];

  expect(
    changed(({ data }) => {
      data.to = to;
    })?.addresses,
  ).toEqual(['mia@members.example', 'tom@members.example']);
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
