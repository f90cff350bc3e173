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
const reminder = { stage: 'dev', recipient: 'reliability@example.org' };

/** Runs the job. @param ages Age in days of each provider's secret; undefined for no version. */
const check = (ages: Readonly<Record<string, number | undefined>>, at = monday) =>
  makeCheckSecretAges({
    pool: async () => database.pool,
    secretIds: Object.fromEntries(
      Object.keys(ages).map((provider) => [provider, `secret of ${provider}`]),
    ),
    listVersions: async (secretId) => {
      const age = ages[secretId.replace('secret of ', '')];
      return {
        current: age === undefined ? undefined : { id: 'v1', createdAt: daysAfter(-age) },
        previous: undefined,
      };
    },
    reminder,
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

test('sends no mail while every secret is fresh', async () => {
  await expect(check({ mux: 165, resend: 3 })).resolves.toEqual({ SecretsDue: 0 });
  expect(await mails()).toEqual([]);
});

test('emits the age of each secret that has a version', async () => {
  await check({ mux: 165, resend: undefined });

  expect(stdout.filter((line) => 'SecretAgeSeconds' in line)).toMatchObject([
    { provider: 'mux', SecretAgeSeconds: 165 * 86_400 },
  ]);
});

test('sends a mail with each due secret, its age and the command', async () => {
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
    /mux\s+181 days[\s\S]+now[\s\S]+resend\s+166 days[\s\S]+7 Dec 2026, 8:00 am AEDT/,
  );
  const { rows } = await database.pool.query('select type, detail from portal.outbox');
  expect(rows).toMatchObject([{ type: 'notification.requested' }]);
});

test('sends one mail a week', async () => {
  await check({ mux: 160 });
  for (const day of [6, 6.5]) await check({ mux: 166 + day }, daysAfter(day));
  expect(await mails()).toHaveLength(1);

  await check({ mux: 173 }, daysAfter(7));
  expect(await mails()).toHaveLength(2);
});

test('succeeds although a secret has no version', async () => {
  await expect(check({ mux: undefined, resend: 170 })).resolves.toEqual({ SecretsDue: 1 });
});
