import { beforeEach, expect, test } from '@jest/globals';
import { domainEvents } from '../../../lambdas/catalog/domain-events.ts';
import { makeInvitationCommands } from '../../../lambdas/operations/commands/invitation-commands.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const now = new Date('2026-04-06T10:00:00.000Z');
const hoursBefore = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

async function invite(email: string, issuedAt: Date, status = 'pending'): Promise<string> {
  const { rows } = await database.pool.query(
    `insert into portal.invitations (email, status, issued_at, expired_at)
     values ($1, $2::text, $3::timestamptz, case when $2::text = 'expired' then $3::timestamptz end)
     returning id`,
    [email, status, issuedAt],
  );
  return rows[0].id;
}

const statusOf = async (id: string) =>
  (await database.pool.query('select status from portal.invitations where id = $1', [id])).rows[0]
    .status;
const expiredEvents = async () =>
  (
    await database.pool.query(`select detail from portal.outbox where type = 'invitation.expired'`)
  ).rows.map(({ detail }) => domainEvents['invitation.expired'].parse(detail));
const reissue = (invitation: string) =>
  makeInvitationCommands({ pool: async () => database.pool, now: () => now })[
    'invitations reissue'
  ]({ invitation }, 'ann');

beforeEach(() => database.pool.query('truncate portal.outbox, portal.invitations cascade'));

test('a due invitation does not block a new one, and its event is published', async () => {
  const due = await invite('Ann@example.org', hoursBefore(72.001));

  const fresh = await invite('ann@example.org', now);

  expect(await statusOf(due)).toBe('expired');
  expect(await statusOf(fresh)).toBe('pending');
  expect(await expiredEvents()).toMatchObject([
    { invitationId: due, issuedAt: hoursBefore(72.001).toISOString() },
  ]);
});

test('an invitation of exactly 72 hours blocks a new one', async () => {
  const open = await invite('ann@example.org', hoursBefore(72));

  await expect(invite('ann@example.org', now)).rejects.toThrow('invitations_open_email_key');

  expect(await statusOf(open)).toBe('pending');
});

test('of concurrent new invitations one opens, and the due one expires once', async () => {
  await invite('ann@example.org', hoursBefore(80));

  const results = await Promise.allSettled(
    Array.from({ length: 4 }, () => invite('ann@example.org', now)),
  );

  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await expiredEvents()).toHaveLength(1);
});

test('reissues an expired invitation while a due one of the address is still pending', async () => {
  const older = await invite('ann@example.org', hoursBefore(200), 'expired');
  const due = await invite('ann@example.org', hoursBefore(80));

  await expect(reissue(older)).resolves.toMatchObject({ reissued: { id: older } });

  expect(await statusOf(due)).toBe('expired');
});

test('reissues a due invitation that the job has not expired yet', async () => {
  const due = await invite('ann@example.org', hoursBefore(80));

  await expect(reissue(due)).resolves.toMatchObject({ reissued: { id: due, issuedAt: now } });
});

test('answers which invitation is open, and since when', async () => {
  const older = await invite('ann@example.org', hoursBefore(200), 'expired');
  const open = await invite('ann@example.org', hoursBefore(1));

  await expect(reissue(older)).rejects.toMatchObject({
    type: 'conflict',
    message: expect.stringMatching(`${open}.*${hoursBefore(1).toISOString()}`),
  });
});

test('of simultaneous reissues for one address, one succeeds and the others say why', async () => {
  for (let round = 0; round < 5; round += 1) {
    const address = `race-${round}@example.org`;
    const ids = await Promise.all(
      Array.from({ length: 6 }, () => invite(address, hoursBefore(200), 'expired')),
    );
    const results = await Promise.allSettled(ids.map((id) => reissue(id)));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ type: 'conflict' });
  }
});

test.each(['pending', 'accepted', 'revoked'])('answers that it is %s', async (status) => {
  const id = await invite('ann@example.org', hoursBefore(1), status);

  await expect(reissue(id)).rejects.toMatchObject({
    type: 'conflict',
    message: expect.stringMatching(status === 'pending' ? 'open since' : status),
  });
});

test('answers nothing for an unknown invitation', async () => {
  await expect(reissue('3f0f7f8e-8a0b-4a39-9f0c-3a1f5a1d7c11')).resolves.toBeUndefined();
});
