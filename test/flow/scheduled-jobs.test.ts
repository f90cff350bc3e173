import { expect, test } from '@jest/globals';
import { makeRunCommand } from '../../cli/ops/operations-client.ts';
import { sha256 } from '../../lambdas/platform/evidence-signature.ts';
import { findReports } from '../../lambdas/residency/residency-reports.queries.ts';
import { members } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { useLocal } from '../support/local.ts';

const local = useLocal();

const scheduleOf = (job: string) => {
  const name = local()
    .scheduler.upcoming()
    .find((one) => one.name.includes(job))?.name;
  if (name === undefined) throw new Error(`There is no schedule for ${job}.`);
  return name;
};

/** Runs a job for a scheduled time, and waits until the run is recorded. */
async function run(job: string, name: string, at: Date) {
  expect(local().scheduler.runNow(scheduleOf(name), at)).toBe(true);
  return eventually(
    async () =>
      (
        await local().pool.query<{ status: string; counts: Record<string, number> }>(
          'select status, counts from portal.job_runs where job = $1 and scheduled_at = $2',
          [job, at],
        )
      ).rows[0],
    (found) => found?.status === 'succeeded',
  );
}

let relays = 0;

/**
 * Returns mails by subject, after a run of the relay.
 * Ages the outbox first: the relay skips entries younger than ten seconds, which their creator
 * normally publishes.
 */
async function mailsWith(subject: string, count = 1) {
  await local().pool.query(
    `update portal.outbox set created_at = created_at - interval '1 minute'`,
  );
  relays += 1;
  local().scheduler.runNow(scheduleOf('RelayOutbox'), new Date(Date.UTC(2026, 0, 1, 0, relays)));
  return eventually(
    () =>
      local()
        .resend.mails()
        .filter((one) => one.subject.includes(subject)),
    (mails) => mails.length >= count,
  );
}

test('expired links stop working, and their owner gets one mail that lists them', async () => {
  const at = new Date('2026-03-01T10:15:00Z');
  const { pool } = local();
  await pool.query(
    `with link as (
       insert into portal.share_links (asset_id, owner_id, label, expires_at)
       select assets.id, owner_id, label, '2026-03-01T10:14:59.999Z'
         from portal.assets, unnest(array['For the press', 'For the jury']) as label
        where title = 'Show opener'
       returning id, label)
     insert into portal.share_link_tokens (share_link_id, token_hash)
     select id, sha256(label::bytea) from link`,
  );

  expect(await run('expire-share-links', 'ExpireShareLinks', at)).toMatchObject({
    counts: { LinksExpired: 2, TokensRevoked: 2, OwnersMailed: 1, LinksRemaining: 0 },
  });

  const [mail] = await mailsWith('2 share links of yours have expired');
  expect(mail?.to).toEqual([members.tom.email]);
  expect(mail?.text).toMatch(/For the (press|jury) +Show opener +1 Mar 2026, 9:14 pm AEDT/);
  const admins = await mailsWith('2 share links have expired', 2);
  expect(admins.flatMap(({ to }) => to).sort()).toEqual(
    [members.ines.email, members.raj.email].sort(),
  );
});

test('admins get a mail about an expired invitation, with a command that reissues it', async () => {
  await local().pool.query(
    `insert into portal.invitations (email, issued_at)
     values ('late@example.org', '2026-03-01T00:00:00Z')`,
  );

  await run('clean-up-invitations', 'CleanUpInvitations', new Date('2026-03-04T00:00:01Z'));

  const [mail] = await mailsWith('An invitation has expired');
  const [, invitation = ''] =
    /invitations reissue ([0-9a-f-]{36}) --stage dev/.exec(mail?.text ?? '') ?? [];
  const operate = makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true });
  await expect(operate({ command: 'invitations list', arguments: {} })).resolves.toMatchObject({
    invitations: [{ id: invitation, email: 'late@example.org', status: 'expired' }],
  });
  await operate({ command: 'invitations reissue', arguments: { invitation } });
  const { rows } = await local().pool.query('select status from portal.invitations where id = $1', [
    invitation,
  ]);
  expect(rows).toEqual([{ status: 'pending' }]);
  await expect(
    operate({ command: 'invitations reissue', arguments: { invitation } }),
  ).rejects.toThrow(/^409: The invitation is open since /);
});

test('residency reports are signed, verifiable, printable, mailed and made up', async () => {
  const operate = makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true });
  await run('report-residency', 'ReportResidency', new Date('2026-11-08T20:00:00Z'));
  await run('report-residency', 'ReportResidency', new Date('2026-11-22T20:00:00Z'));
  await run('report-residency', 'ReportResidency', new Date('2026-11-23T09:00:00Z'));

  const reports = await findReports(local().pool);
  expect(reports.map(({ week }) => week)).toEqual(['2026-11-02', '2026-11-09', '2026-11-16']);
  const verification = await operate({ command: 'residency verify', arguments: {} });
  expect(verification).toMatchObject({
    checked: { reports: 3, signatures: 3, files: 15, rows: 3 },
    signedSince: '2026-11-02',
    head: { week: '2026-11-16', sha256: reports[2]?.sha256 },
  });
  const { publicKeySha256 } = await operate({ command: 'residency key', arguments: {} });
  expect(verification['publicKeySha256']).toBe(publicKeySha256);

  const [mail] = await mailsWith('week of 16 Nov 2026');
  expect(mail?.to).toEqual(['compliance@dev.motion-mavericks.example']);
  expect(mail?.text).toContain(reports[2]?.sha256);
  const attached = (end: string) => {
    const name = `residency-2026-11-16.${end}`;
    const found = mail?.attachments.find(({ filename }) => filename === name);
    return Buffer.from(found?.content ?? '', 'base64');
  };
  expect(sha256(attached('json'))).toBe(reports[2]?.sha256);
  expect(attached('pdf').subarray(0, 5).toString()).toBe('%PDF-');
  const page = attached('html').toString();
  expect(page).toContain('mux · unknown · unknown');
  expect(page).not.toMatch(/<script|<link|src=|url\(http|@import/);

  await local().pool.query('delete from portal.residency_reports where sequence = 3');
  await expect(operate({ command: 'residency verify', arguments: {} })).resolves.toMatchObject({
    chain: 'broken',
    problems: expect.arrayContaining([
      { week: '2026-11-16', problem: expect.stringContaining('the row was deleted') },
    ]),
  });
});

test('the prune job runs in its deployed bundle', async () => {
  const pruned = await run('prune', 'Prune', new Date('2026-11-22T16:30:00Z'));
  expect(pruned?.counts).toMatchObject({ BodiesPruned: 0, PrunesUnfinished: 0 });
});
