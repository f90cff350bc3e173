import { beforeEach, describe, expect, test } from '@jest/globals';
import { defaultRetentionDays } from '../../../lambdas/catalog/privacy/retention-days.ts';
import { makePrune } from '../../../lambdas/retention/prune.ts';
import { tamper } from '../../support/audit.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
// The database compares with its own clock before it deletes a record of the audit log.
const at = new Date();
const rows = { webhookBodies: 90, webhookEvents: 400, outbox: 30, jobRuns: 60 };
const prune = (chunk = 1_000) =>
  makePrune({ pool: async () => database.pool, retention: rows, chunk });
const anHour = { scheduledAt: at, remainingMs: () => 3_600_000 };
const daysBefore = (days: number, ms = 0) => new Date(at.getTime() - days * 86_400_000 + ms);
const { notifications, mailIncidents, closedRecords, operatorActions } = defaultRetentionDays;

const valuesOf = async (statement: string) =>
  (await database.pool.query(statement)).rows.map(({ value }) => value);

const OWNER = '10000000-0000-4000-8000-000000000001';
const ASSET = '20000000-0000-4000-8000-000000000001';

beforeEach(async () => {
  await tamper(
    database.pool,
    'alter table portal.region_declarations disable trigger user',
    `truncate portal.users, portal.assets, portal.notifications, portal.email_incidents,
              portal.email_suppressions, portal.invitations, portal.share_links,
              portal.command_leases, portal.operator_actions, portal.region_declarations cascade`,
    'alter table portal.region_declarations enable trigger user',
  );
  await database.pool.query(
    `insert into portal.users (id, email, name) values ($1, 'mia@members.example', 'Mia')`,
    [OWNER],
  );
});

/** Inserts one row of an age; its name is the age. */
type AddRow = (name: string, when: Date) => Promise<unknown>;

const addNotification: AddRow = (name, when) =>
  database.pool.query(
    `insert into portal.notifications (id, user_id, kind, params, source, event_id, created_at)
     values (gen_random_uuid(), $1, 'asset.ready', '{"title":"Mine"}', 'mux', $2, $3)`,
    [OWNER, name, when],
  );
const addIncident: AddRow = (name, when) =>
  database.pool.query(
    `insert into portal.email_incidents (address, source, event_id, kind, occurred_at, recorded_at)
     values ($1 || '@members.example', 'resend', $1, 'permanent', $2, $2)`,
    [name, when],
  );
const addLifted: AddRow = (name, when) =>
  database.pool.query(
    `insert into portal.email_suppressions (address, lifted_at, lifted_by)
     values ($1 || '@members.example', $2, 'operator')`,
    [name, when],
  );
const addInvitation: AddRow = (name, when) =>
  database.pool.query(
    `insert into portal.invitations (email, status, issued_at)
     values ($1 || '@members.example', 'accepted', $2)`,
    [name, when],
  );
const addAsset = (status: string, when: Date) =>
  database.pool.query(
    `insert into portal.assets (owner_id, title, failure_reason, status, updated_at)
     values ($1, $2::text, 'A reason', $2, $3)`,
    [OWNER, status, when],
  );
const addLink = async (name: string, when: Date, status: string) => {
  await database.pool.query(
    `insert into portal.assets (id, owner_id, title, status) values ($1, $2, 'Mine', 'ready')
         on conflict do nothing`,
    [ASSET, OWNER],
  );
  const isExpired = status === 'expired';
  await database.pool.query(
    `with link as (
       insert into portal.share_links
              (asset_id, owner_id, label, status, expires_at, expired_at, revoked_at)
       values ($1, $2, $3, $4, $5, $6, $7) returning id
     ) insert into portal.share_link_tokens (share_link_id, token_hash)
       select id, sha256($3::bytea) from link`,
    [ASSET, OWNER, name, status, when, isExpired ? when : null, status === 'revoked' ? when : null],
  );
};

describe('keeps for exactly the time of the setting', () => {
  test.each([
    ['notifications', notifications, addNotification, 'event_id', 'notifications'],
    ['incidents', mailIncidents, addIncident, 'event_id', 'email_incidents'],
    ['lifted suppressions', mailIncidents, addLifted, 'address', 'email_suppressions'],
    ['invitations', closedRecords, addInvitation, 'email', 'invitations'],
  ] as const)('%s', async (_, days, add, column, table) => {
    await add('expired', daysBefore(days, -1));
    await add('kept', daysBefore(days, 1));

    await prune()(anHour);

    const left = await valuesOf(`select ${column} as value from portal.${table}`);
    expect(left).toEqual([expect.stringContaining('kept')]);
  });

  test('share links that have ended, with their tokens', async () => {
    for (const status of ['expired', 'revoked']) {
      await addLink(`${status} old`, daysBefore(closedRecords, -1), status);
      await addLink(`${status} new`, daysBefore(closedRecords, 1), status);
    }
    await addLink('active', daysBefore(closedRecords + 9), 'active');

    await expect(prune()(anHour)).resolves.toMatchObject({ ShareLinksPruned: 2 });

    expect(await valuesOf('select label as value from portal.share_links order by 1')).toEqual([
      'active',
      'expired new',
      'revoked new',
    ]);
    expect(
      await valuesOf('select share_link_id as value from portal.share_link_tokens'),
    ).toHaveLength(3);
  });

  test('texts of deleted and cancelled videos, and all texts of others', async () => {
    for (const status of ['ready', 'failed', 'cancelled', 'deleted'])
      await addAsset(status, daysBefore(closedRecords, -1));
    await addAsset('deleted', daysBefore(closedRecords, 1));

    await expect(prune()(anHour)).resolves.toMatchObject({ VideoTextsPruned: 2 });

    expect(
      await valuesOf(
        'select title as value from portal.assets where failure_reason is not null order by 1',
      ),
    ).toEqual(['deleted', 'failed', 'ready']);
    await expect(prune()(anHour)).resolves.toMatchObject({ VideoTextsPruned: 0 });
  });
});

test('keeps a pending invitation and a suppressed or listed address of any age', async () => {
  await database.pool.query(
    `insert into portal.invitations (email, issued_at) values ('p@members.example', '2020-01-01')`,
  );
  await database.pool.query(
    `insert into portal.email_suppressions
            (address, suppressed, reason, since, source, event_id, listed, listed_at)
     values ('a', true, 'complaint', '2020-01-01', 'resend', 'e', false, null),
            ('b', false, null, null, null, null, true, '2020-01-01')`,
  );

  await expect(prune()(anHour)).resolves.toMatchObject({
    InvitationsPruned: 0,
    SuppressionsPruned: 0,
  });
});

test('keeps the row of an address as long as one of its incidents', async () => {
  await addLifted('mia', daysBefore(mailIncidents + 9));
  await addIncident('mia', daysBefore(mailIncidents - 9));
  await database.pool.query(`insert into portal.email_suppressions (address) values ('other')`);

  await expect(prune()(anHour)).resolves.toMatchObject({ SuppressionsPruned: 1 });

  const later = { ...anHour, scheduledAt: daysBefore(-30) };
  await expect(prune()(later)).resolves.toMatchObject({
    MailIncidentsPruned: 1,
    SuppressionsPruned: 1,
  });
});

test('removes who started a run that has no end', async () => {
  for (const [job, when] of [
    ['old', daysBefore(61)],
    ['new', daysBefore(59)],
  ] as const)
    await database.pool.query(
      `insert into portal.job_runs (job, scheduled_at, started_by, status, started_at)
       values ($1, $2, 'mira', 'running', $2)`,
      [job, when],
    );

  await expect(prune()(anHour)).resolves.toMatchObject({ UnfinishedRunsPruned: 1 });

  expect(await valuesOf('select started_by as value from portal.job_runs order by job')).toEqual([
    'mira',
    'removed',
  ]);
});

test('deletes the lease of a killed command', async () => {
  await database.pool.query(
    `insert into portal.command_leases (name, holder, token, taken_at, expires_at)
     values ('old', 'mira', gen_random_uuid(), $1, $1), ('new', 'mira', gen_random_uuid(), $2, $2)`,
    [daysBefore(2), at],
  );

  await expect(prune()(anHour)).resolves.toMatchObject({ CommandLeasesPruned: 1 });
});

describe('declarations of regions', () => {
  const declare = (provider: string, when: Date) =>
    database.pool.query(
      `insert into portal.region_declarations
              (declaration, declared_at, operator, provider, region, document, reason)
       values (gen_random_uuid(), $2, 'mira', $1, 'us-east1', 'Contract', 'It says so')`,
      [provider, when],
    );

  test('end once a newer one replaced them and they are old', async () => {
    await declare('mux', daysBefore(operatorActions + 2));
    await declare('mux', daysBefore(operatorActions + 1));
    await declare('other', daysBefore(operatorActions + 1));

    await expect(prune()(anHour)).resolves.toMatchObject({ DeclarationsPruned: 1 });

    expect(await valuesOf('select declared_at as value from portal.region_declarations')).toEqual([
      daysBefore(operatorActions + 1),
      daysBefore(operatorActions + 1),
    ]);
  });

  test.each([
    'delete from portal.region_declarations',
    `update portal.region_declarations set operator = 'another'`,
    'truncate portal.region_declarations',
  ])('reject otherwise: %s', async (statement) => {
    await declare('mux', daysBefore(operatorActions + 1));

    await expect(database.pool.query(statement)).rejects.toThrow('append-only');
  });
});
