import { beforeEach, expect, test } from '@jest/globals';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { makeCheckSecretAges } from '../../../lambdas/signing-secrets/check-secret-ages.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { useStdout } from '../../support/stdout.ts';

const stdout = useStdout();
const database = useDatabase();
const DAY_MS = 86_400_000;
const monday = new Date('2026-11-22T21:00:00Z');
const daysAfter = (days: number) => new Date(monday.getTime() + days * DAY_MS);
const settings = { stage: 'dev', recipient: 'reliability@example.org' };

/** By provider the age in days on that Monday; undefined where there is no version. */
const check = (ages: Readonly<Record<string, number | undefined>>, at = monday) =>
  makeCheckSecretAges({
    pool: async () => database.pool,
    secrets: Object.fromEntries(
      Object.keys(ages).map((provider) => [provider, `secret of ${provider}`]),
    ),
    listVersions: async (secretId) => {
      const age = ages[secretId.replace('secret of ', '')];
      return {
        current: age === undefined ? undefined : { id: 'v1', createdAt: daysAfter(-age) },
        previous: undefined,
      };
    },
    settings,
    now: () => at,
  })({ scheduledAt: at, remainingMs: () => 60_000 });

const mails = async () =>
  (
    await database.pool.query(
      'select recipient, kind, params from portal.notifications order by created_at',
    )
  ).rows;

beforeEach(async () => {
  await database.pool.query('truncate portal.notifications, portal.outbox cascade');
});

test('while every secret is fresh, nobody is written to', async () => {
  await expect(check({ mux: 165, resend: 3 })).resolves.toEqual({ SecretsDue: 0 });
  expect(await mails()).toEqual([]);
});

test('the age of each secret is told in seconds, by provider, and that of one without a version not at all', async () => {
  await check({ mux: 165, resend: undefined });

  expect(stdout.filter((line) => 'SecretAgeSeconds' in line)).toMatchObject([
    { provider: 'mux', SecretAgeSeconds: 165 * 86_400 },
  ]);
});

test('a mail names those that are due, how old they are, and the command', async () => {
  await expect(check({ mux: 181, resend: 166 })).resolves.toEqual({ SecretsDue: 2 });

  const [mail, ...others] = await mails();
  expect(others).toEqual([]);
  expect(mail).toMatchObject({ recipient: 'reliability@example.org', kind: 'secrets.due' });
  const rendering = await renderMail(mail.kind, mail.params, 'https://portal.example');
  const { subject, text } =
    rendering.outcome === 'rendered' ? rendering.mail : { subject: '', text: '' };
  expect(subject).toBe('dev: 2 signing secrets are due to be rotated');
  expect(text).toContain('npm run ops -- secrets rotate mux --stage dev');
  expect(text).toMatch(
    /mux\s+181 days[\s\S]+now[\s\S]+resend\s+166 days[\s\S]+2026-12-07 08:00 UTC\+11:00/,
  );
  const { rows } = await database.pool.query('select type, detail from portal.outbox');
  expect(rows).toMatchObject([{ type: 'notification.requested' }]);
});

test('of the runs of one week the first that finds any writes, and the next week’s again', async () => {
  await check({ mux: 160 });
  for (const day of [6, 6.5]) await check({ mux: 166 + day }, daysAfter(day));
  expect(await mails()).toHaveLength(1);

  await check({ mux: 173 }, daysAfter(7));
  expect(await mails()).toHaveLength(2);
});

test('a secret without a version is no reason to fail: its deliveries are answered 500, which is told otherwise', async () => {
  await expect(check({ mux: undefined, resend: 170 })).resolves.toEqual({ SecretsDue: 1 });
});
