import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { personalColumns } from '../../../lambdas/catalog/privacy/personal-columns.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();

const MEMBER = '10000000-0000-4000-8000-000000000001';
const ASSET = '20000000-0000-4000-8000-000000000001';
const address = 'mia.private@members.example';

/** One row about the person in every table that holds personal data, except the audit log. */
const rows: Readonly<Record<string, string>> = {
  users: `(id, email, name) values ('${MEMBER}', 'Mia.Private@members.example', 'Mia Private')`,
  assets: `(id, owner_id, title, failure_reason, playback_url)
    values ('${ASSET}', '${MEMBER}', 'Title of Mia Private', 'Private reason',
            'https://stream.example/private')`,
  notifications: `(id, user_id, kind, params, source, event_id, sent_to, created_at)
    values (gen_random_uuid(), '${MEMBER}', 'asset.ready', '{"title":"Private"}', 'mux', 'e1',
            '${address}', now()),
           (gen_random_uuid(), '${MEMBER}', 'invitations.expired',
            '{"invitations":[{"email":"${address}"}]}', 'job', 'e2', null, now())`,
  share_links: `(asset_id, owner_id, label, expires_at)
    values ('${ASSET}', '${MEMBER}', 'For Mia Private', now())`,
  share_link_tokens: `(share_link_id, token_hash)
    select id, sha256('a') from portal.share_links`,
  share_link_expiries: `(run_at, owner_id, links, listed)
    values (now(), '${MEMBER}', 1, '[{"label":"For Mia Private"}]')`,
  invitations: `(email, invited_by) values ('${address}', null),
    ('other@members.example', '${MEMBER}')`,
  email_incidents: `(address, source, event_id, kind, reason, occurred_at, recorded_at)
    values ('${address}', 'resend', 'e', 'permanent', 'private', now(), now())`,
  email_suppressions: `(address, lifted_at, lifted_by) values ('${address}', now(), 'operator')`,
  webhook_events: `(source, event_id, type, status, body, received_at)
    values ('resend', 'e', 'email.bounced', 'exhausted', '{"to":["Mia.Private@members.example"]}',
            now())`,
  outbox: `(id, type, detail, created_at)
    values (gen_random_uuid(), 'invitation.expired', '{"email":"${address}"}', now())`,
};

/** Tables whose personal data is about operators, or that no address leads to. */
const otherPeople: Readonly<Record<string, string>> = {
  operator_actions: 'The audit log is append-only and ends by itself.',
  region_declarations: 'Names an operator.',
  command_leases: 'Names an operator.',
  job_runs: 'Names an operator.',
  idempotency_records: 'Responses are encrypted and end within hours.',
  webhook_replays: 'Errors are redacted.',
};

test('has a row or a reason for every table with personal data', () => {
  const personal = Object.entries(personalColumns)
    .filter(([, classes]) =>
      Object.values(classes).some((one) => one !== 'none' && one !== 'member'),
    )
    .map(([table]) => table);

  expect(personal.length).toBeGreaterThan(10);
  expect(
    personal.filter((table) => !Object.hasOwn(rows, table) && !Object.hasOwn(otherPeople, table)),
  ).toEqual([]);
});

test('the statements in docs/privacy.md leave nothing of a person in any table', async () => {
  for (const [table, values] of Object.entries(rows))
    await database.pool.query(`insert into portal.${table} ${values}`);
  const [, statements = ''] =
    /```sql\n([\s\S]*?)```/.exec(readFileSync('docs/privacy.md', 'utf8')) ?? [];
  const textsOf = async (table: string) =>
    JSON.stringify((await database.pool.query(`select * from portal.${table}`)).rows);
  for (const table of Object.keys(rows).filter((name) => name !== 'share_link_tokens'))
    expect(await textsOf(table)).toMatch(/private/i);

  await database.pool.query(statements.replaceAll(`:'address'`, `'${address.toUpperCase()}'`));

  for (const table of Object.keys(rows)) {
    const texts = await textsOf(table);
    expect({ table, texts }).not.toMatchObject({ texts: expect.stringMatching(/private/i) });
    expect({ table, texts }).not.toMatchObject({ texts: expect.stringContaining(MEMBER) });
  }
});
