import { beforeEach, expect, test } from '@jest/globals';
import { domainEvents } from '../../lambdas/domain-events.ts';
import { makeCleanUpInvitations } from '../../lambdas/invitations/clean-up-invitations.ts';
import { renderMail } from '../../lambdas/notifications/render-mail.ts';
import { useDatabase } from '../support/database.ts';
import { addOwners, anOwner } from '../support/share-links.ts';

const database = useDatabase();
const due = new Date('2026-03-04T10:00:00.000Z');
const hoursBefore = (hours: number, ms = 0) => new Date(due.getTime() - hours * 3_600_000 + ms);
const cleanUp = makeCleanUpInvitations({ pool: async () => database.pool, stage: 'dev', now: () => due });
const anHour = { scheduledAt: due, remainingMs: () => 3_600_000 };

const invite = (email: string, issuedAt: Date, status = 'pending') =>
  database.pool.query(`insert into portal.invitations (email, invited_by, status, issued_at) values ($1, $2, $3, $4)`, [
    email,
    anOwner(1),
    status,
    issuedAt,
  ]);
const statuses = async () =>
  Object.fromEntries(
    (await database.pool.query('select email, status from portal.invitations')).rows.map((row) => [
      row.email,
      row.status,
    ]),
  );
const mails = async () =>
  (await database.pool.query(`select user_id, params from portal.notifications where kind = 'invitations.expired'`))
    .rows;

beforeEach(async () => {
  await database.pool.query('truncate portal.users, portal.outbox, portal.invitations cascade');
  await addOwners(database.pool, 3);
});

test('an invitation is open for 72 hours to the millisecond, across a change of the clocks as well', async () => {
  await invite('late@example.org', hoursBefore(72, -1));
  await invite('just@example.org', hoursBefore(72));
  await invite('accepted@example.org', hoursBefore(100), 'accepted');

  await expect(cleanUp(anHour)).resolves.toEqual({ InvitationsExpired: 1, AdminsMailed: 1, InvitationsLeft: 0 });

  expect(await statuses()).toEqual({
    ...{ 'late@example.org': 'expired', 'just@example.org': 'pending', 'accepted@example.org': 'accepted' },
  });
});

test('each admin gets one mail with the list and how to reissue each, and the bus an event for each', async () => {
  await invite('ann@example.org', hoursBefore(80));
  await invite('bob@example.org', hoursBefore(79));

  await cleanUp(anHour);
  await cleanUp(anHour);

  const [mail, ...more] = await mails();
  expect(more).toEqual([]);
  expect(mail).toMatchObject({ user_id: anOwner(0), params: { total: 2 } });
  const rendering = await renderMail('invitations.expired', mail.params, 'https://portal.example');
  const text = rendering.outcome === 'rendered' ? rendering.mail.text : rendering.fault;
  expect(text).toMatch(/ann@example\.org\n.*Owner 1\n.*2026-03-01 13:00 UTC\+11:00/s);
  expect(text.match(/npm run ops -- invitations reissue [0-9a-f-]{36} --stage dev/g)).toHaveLength(2);

  const { rows } = await database.pool.query(`select detail from portal.outbox where type = 'invitation.expired'`);
  expect(rows.map(({ detail }) => domainEvents['invitation.expired'].parse(detail).email).sort()).toEqual([
    'ann@example.org',
    'bob@example.org',
  ]);
});

test('an invitation that is reissued and expires again is told of again', async () => {
  await invite('ann@example.org', hoursBefore(80));
  await cleanUp(anHour);
  await database.pool.query(`update portal.invitations set status = 'pending', expired_at = null, issued_at = $1`, [
    due,
  ]);
  const later = new Date(due.getTime() + 73 * 3_600_000);

  await expect(cleanUp({ ...anHour, scheduledAt: later })).resolves.toMatchObject({ InvitationsExpired: 1 });

  expect(await mails()).toHaveLength(2);
});

test('runs that overlap expire each invitation once, and one that is being accepted stays open', async () => {
  for (let index = 0; index < 30; index += 1) await invite(`${index}@example.org`, hoursBefore(90));
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query(`update portal.invitations set status = 'accepted' where email = '7@example.org'`);

  const counts = await Promise.all([cleanUp(anHour), cleanUp(anHour), cleanUp(anHour)]);
  await expect(cleanUp(anHour)).resolves.toMatchObject({ InvitationsExpired: 0, InvitationsLeft: 1 });
  await client.query('commit');
  client.release();

  expect(counts.reduce((sum, { InvitationsExpired = 0 }) => sum + InvitationsExpired, 0)).toBe(29);
  await expect(cleanUp(anHour)).resolves.toEqual({ InvitationsExpired: 0, AdminsMailed: 0, InvitationsLeft: 0 });
  expect((await statuses())['7@example.org']).toBe('accepted');
});
