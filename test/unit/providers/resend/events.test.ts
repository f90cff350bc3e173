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
/** The bounce of the fixture with `change` made to its body. */
const changed = (
  change: (body: ReturnType<typeof JSON.parse>) => void,
  name = 'email.bounced.permanent',
) => {
  const body = JSON.parse(fixture(name));
  change(body);
  return parseResendEvent('msg_1', body.type, JSON.stringify(body));
};

describe('every fixture of a type that we act on is read', () => {
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
  test('and there is one for each type', () => {
    for (const type of Object.keys(deliveries)) expect(known.join()).toContain(type);
  });
});

test.each(['email.opened', 'email.clicked'])('%s is not acted on', (name) => {
  expect(read(name)).toBeUndefined();
});

test('a type that does not exist yet is not acted on, not even one that objects have by nature', () => {
  expect(parseResendEvent('msg_1', 'email.teleported', '{}')).toBeUndefined();
  expect(parseResendEvent('msg_1', 'constructor', '{}')).toBeUndefined();
});

test.each([
  ['Permanent', 'permanent'],
  ['Transient', 'transient'],
  ['Temporary', 'transient'],
  ['Undetermined', 'unclear'],
  [undefined, 'unclear'],
])('a bounce of type %p is %s', (type, incident) => {
  expect(
    changed(({ data }) => {
      data.bounce.type = type;
    })?.incident,
  ).toBe(incident);
});

test('a bounce that says nothing about itself is unclear', () => {
  expect(
    changed(({ data }) => {
      delete data.bounce;
    })?.incident,
  ).toBe('unclear');
});

test('a complaint is an incident, a suppression by Resend is none', () => {
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
])('our tag is found in %s of tags', (_, tags) => {
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
])('tags %j name no notification and fail nothing', (tags) => {
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
])('the time %s is read', (given, time) => {
  expect(
    changed((body) => {
      body.created_at = given;
    })?.occurredAt.toISOString(),
  ).toBe(time);
});

test('addresses are compared without their case, their display name and their repetitions', () => {
  const to = ['Mia <Mia@Members.example>', 'mia@members.example', 'tom@members.example'];

  expect(
    changed(({ data }) => {
      data.to = to;
    })?.addresses,
  ).toEqual(['mia@members.example', 'tom@members.example']);
});

test('an event that names no mail or no time fails for good, and says where', () => {
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
