import { beforeEach, describe, expect, test } from '@jest/globals';
import { domainEvents } from '../../../lambdas/catalog/domain-events.ts';
import { makeCleanUpInvitations } from '../../../lambdas/invitations/clean-up-invitations.ts';
import { reissueInvitation } from '../../../lambdas/invitations/invitations.queries.ts';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { opsProgram, readCommand } from '../../support/command-line.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { addOwners, anOwner } from '../../support/share-links/share-links.ts';

const database = useDatabase();
// In Sydney, clocks go back during the 72 hours before this time.
const due = new Date('2026-04-06T10:00:00.000Z');
const hoursBefore = (hours: number, ms = 0) => new Date(due.getTime() - hours * 3_600_000 + ms);
const cleanUp = makeCleanUpInvitations({
  pool: async () => database.pool,
  stage: 'dev',
  now: () => due,
});
const anHour = { scheduledAt: due, remainingMs: () => 3_600_000 };

const invite = (email: string, issuedAt: Date, status = 'pending') =>
  database.pool.query(
    `insert into portal.invitations (email, invited_by, status, issued_at)
     values ($1, $2, $3, $4)`,
    [email, anOwner(1), status, issuedAt],
  );
const statuses = async () =>
  Object.fromEntries(
    (await database.pool.query('select email, status from portal.invitations')).rows.map((row) => [
      row.email,
      row.status,
    ]),
  );
const mails = async () =>
  (
    await database.pool.query(
      `select user_id, params from portal.notifications where kind = 'invitations.expired'`,
    )
  ).rows;

beforeEach(async () => {
  await database.pool.query('truncate portal.users, portal.outbox, portal.invitations cascade');
  await addOwners(database.pool, 3);
});

test.each([
  ['', '2026-03-04T10:00:00.000Z', '2026-03-01T10:00:00.000Z', '2026-03-01T09:59:59.999Z'],
  [
    ' when clocks go back',
    '2026-04-06T10:00:00.000Z',
    '2026-04-03T10:00:00.000Z',
    '2026-04-03T09:59:59.999Z',
  ],
  [
    ' when clocks go forward',
    '2026-10-05T10:00:00.000Z',
    '2026-10-02T10:00:00.000Z',
    '2026-10-02T09:59:59.999Z',
  ],
])('expires an invitation after exactly 72 hours%s', async (_, dueAt, openSince, expiredSince) => {
  await invite('expired@example.org', new Date(expiredSince));
  await invite('open@example.org', new Date(openSince));
  for (const status of ['accepted', 'revoked'])
    await invite(`${status}@example.org`, hoursBefore(10_000), status);

  await expect(cleanUp({ ...anHour, scheduledAt: new Date(dueAt) })).resolves.toEqual({
    InvitationsExpired: 1,
    AdminsMailed: 1,
    InvitationsRemaining: 0,
  });

  expect(await statuses()).toEqual({
    'expired@example.org': 'expired',
    'open@example.org': 'pending',
    'accepted@example.org': 'accepted',
    'revoked@example.org': 'revoked',
  });
});

test('mails each admin the list with reissue commands, and publishes events', async () => {
  await invite('ann@example.org', hoursBefore(80));
  await invite('bob@example.org', hoursBefore(79));

  await cleanUp(anHour);
  await cleanUp(anHour);

  const [mail, ...more] = await mails();
  expect(more).toEqual([]);
  expect(mail).toMatchObject({ user_id: anOwner(0), params: { total: 2 } });
  const rendering = await renderMail('invitations.expired', mail.params, 'https://portal.example');
  const text = rendering.outcome === 'rendered' ? rendering.mail.text : rendering.fault;
  expect(text).toMatch(/ann@example\.org +Owner 1 +3 Apr 2026, 1:00 pm AEDT/);
  const { rows: invitations } = await database.pool.query(
    'select id, email from portal.invitations order by email',
  );
  for (const { id, email } of invitations) {
    const command = `invitations reissue ${id} --stage dev`;
    expect(text).toMatch(new RegExp(`${email}\\s+npm run ops -- ${command}`));
    expect(readCommand(opsProgram, command.split(' '), due)?.typed).toEqual({ invitation: id });
  }
  expect(text).not.toContain('more. This command');

  const { rows } = await database.pool.query(
    `select detail from portal.outbox where type = 'invitation.expired'`,
  );
  expect(
    rows.map(({ detail }) => domainEvents['invitation.expired'].parse(detail).email).sort(),
  ).toEqual(['ann@example.org', 'bob@example.org']);
});

test('mails a command that lists the invitations missing in the mail', async () => {
  for (let index = 0; index < 51; index += 1) await invite(`${index}@example.org`, hoursBefore(90));

  await cleanUp(anHour);

  const [mail] = await mails();
  const rendering = await renderMail('invitations.expired', mail.params, 'https://portal.example');
  const text = rendering.outcome === 'rendered' ? rendering.mail.text : rendering.fault;
  expect(text).toMatch(
    new RegExp(
      'And 1 more\\. The portal lists them all\\.[^]+This command lists the others with their ' +
        'ids:\\s+' +
        'npm run ops -- invitations list --stage dev',
    ),
  );
  const words = 'invitations list --stage dev'.split(' ');
  expect(readCommand(opsProgram, words, due)?.command.name).toBe('invitations list');
});

describe('reissuing an invitation', () => {
  const reissue = async (email: string) => {
    const { rows } = await database.pool.query(
      'select id from portal.invitations where email = $1',
      [email],
    );
    return reissueInvitation(database.pool, rows[0]?.id, due);
  };

  test('opens it again, publishes an event, and lets it expire again', async () => {
    await invite('ann@example.org', hoursBefore(80));
    await cleanUp(anHour);

    await expect(reissue('ann@example.org')).resolves.toMatchObject({
      email: 'ann@example.org',
      issuedAt: due,
    });

    expect(await statuses()).toEqual({ 'ann@example.org': 'pending' });
    const { rows } = await database.pool.query(
      `select id, detail from portal.outbox where type = 'invitation.reissued'`,
    );
    expect(
      rows.map(({ detail }) => domainEvents['invitation.reissued'].parse(detail)),
    ).toMatchObject([
      { id: rows[0]?.id, email: 'ann@example.org', role: 'member', issuedAt: due.toISOString() },
    ]);
    await expect(cleanUp({ ...anHour, scheduledAt: hoursBefore(-72) })).resolves.toMatchObject({
      InvitationsExpired: 0,
    });
    await expect(cleanUp({ ...anHour, scheduledAt: hoursBefore(-72, 1) })).resolves.toMatchObject({
      InvitationsExpired: 1,
    });
    expect(await mails()).toHaveLength(2);
    const { rowCount } = await database.pool.query(
      `select from portal.outbox where type = 'invitation.expired'`,
    );
    expect(rowCount).toBe(2);
  });

  test('requires an expired invitation and no other open one for the address', async () => {
    for (const status of ['pending', 'accepted', 'revoked'])
      await invite(`${status}@example.org`, hoursBefore(1), status);
    await invite('Twice@example.org', hoursBefore(80));
    await cleanUp(anHour);
    await invite('twice@example.org', due);
    const before = await statuses();

    for (const email of Object.keys(before)) await expect(reissue(email)).resolves.toBeUndefined();

    expect(await statuses()).toEqual(before);
    const { rows } = await database.pool.query(
      `select from portal.outbox where type = 'invitation.reissued'`,
    );
    expect(rows).toEqual([]);
  });
});

test('expires more than one transaction takes, and counts the rest', async () => {
  await database.pool.query(
    `insert into portal.invitations (email, issued_at)
     select n || '@example.org', $1 from generate_series(1, 1001) as n`,
    [hoursBefore(90)],
  );

  await expect(cleanUp({ ...anHour, remainingMs: () => 5_000 })).resolves.toEqual({
    InvitationsExpired: 0,
    AdminsMailed: 0,
    InvitationsRemaining: 1_001,
  });
  await expect(cleanUp(anHour)).resolves.toMatchObject({
    InvitationsExpired: 1_001,
    InvitationsRemaining: 0,
  });
});

test('concurrent runs expire each invitation once and skip locked ones', async () => {
  for (let index = 0; index < 30; index += 1) await invite(`${index}@example.org`, hoursBefore(90));
  const client = await database.pool.connect();
  await client.query('begin');
  await client.query(
    `update portal.invitations set status = 'accepted' where email = '7@example.org'`,
  );

  const counts = await Promise.all([cleanUp(anHour), cleanUp(anHour), cleanUp(anHour)]);
  await expect(cleanUp(anHour)).resolves.toMatchObject({
    InvitationsExpired: 0,
    InvitationsRemaining: 1,
  });
  await client.query('commit');
  client.release();

  expect(counts.reduce((sum, { InvitationsExpired = 0 }) => sum + InvitationsExpired, 0)).toBe(29);
  await expect(cleanUp(anHour)).resolves.toEqual({
    InvitationsExpired: 0,
    AdminsMailed: 0,
    InvitationsRemaining: 0,
  });
  expect((await statuses())['7@example.org']).toBe('accepted');
});
