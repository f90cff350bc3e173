import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { waitUntilComplete } from '../../../local/postgres/inspect-event.ts';
import { resendEvent } from '../../../local/sandbox/resend-events.ts';
import { eventually, WAIT_MS } from '../eventually.ts';
import { everyBody } from '../fixtures.ts';
import { functionNamed } from '../local.ts';
import { fail, type LogLine, type PrivacyRun } from './privacy-run.ts';
import { postWebhook } from './webhook-traffic.ts';

/** Requests a mail that is too old to send, so that it fails at once. */
export async function requestUnsendableMail(run: PrivacyRun): Promise<void> {
  const id = await requestMail(run, new Date(Date.now() - 4 * 24 * 3_600_000));
  const { pool } = run.local();
  const mailStatus = async () =>
    (await pool.query('select mail_status from portal.notifications where id = $1', [id])).rows[0]
      ?.mail_status;
  expect(await eventually(mailStatus, (status) => status === 'failed')).toBe('failed');
}

/** Requests a mail while Resend accepts no requests, and then lets Resend accept them again. */
export async function requestRateLimitedMail(run: PrivacyRun): Promise<void> {
  const { resend } = run.local();
  const resultsOf = (id: string) =>
    run.lines
      .filter(({ fields }) => fields['notificationId'] === id)
      .map(({ fields }) => fields['outcome']);
  resend.setRateLimit(0);
  const id = await requestMail(run, new Date());
  const limited = () => resultsOf(id).includes('rate-limited');
  expect(await eventually(limited, (isLimited) => isLimited)).toBe(true);
  resend.setRateLimit(1_000);
  const sent = () => resultsOf(id).includes('sent');
  expect(await eventually(sent, (isSent) => isSent)).toBe(true);
}

/** Requests a mail to one of our own addresses, which is suppressed. */
export async function requestSuppressedMail(run: PrivacyRun): Promise<void> {
  await run.local().pool.query(
    `insert into portal.email_suppressions (address, suppressed, reason, since, source, event_id)
     values ($1, true, 'complaint', now(), 'resend', 'e')`,
    [`${run.member.email}.au`],
  );
  await requestMail(run, new Date());
  const counted = () => run.lines.some(({ fields }) => fields['OperationalMailsSuppressed'] === 1);
  expect(await eventually(counted, Boolean)).toBe(true);
}

let relays = 0;

/** @returns the id of the notification. */
async function requestMail({ local, member }: PrivacyRun, createdAt: Date): Promise<string> {
  const { pool, scheduler } = local();
  const id = randomUUID();
  const detail = {
    version: 1,
    id,
    occurredAt: new Date(),
    source: 'mux',
    eventId: id,
    notificationId: id,
  };
  const params = { assetId: id, title: 'Title', durationSeconds: 1 };
  await pool.query(
    `insert into portal.notifications (id, recipient, kind, params, source, event_id, created_at)
     values ($1, $2, 'asset.ready', $3, 'mux', $4, $5)`,
    [id, `${member.email}.au`, JSON.stringify(params), id, createdAt],
  );
  // Older than ten seconds, so that the relay publishes the entry.
  await pool.query(
    `insert into portal.outbox (id, type, detail, created_at)
     values ($1, 'notification.requested', $2, $3)`,
    [id, JSON.stringify(detail), new Date(Date.now() - 60_000)],
  );
  // Schedules have seconds: a second run within one second would be the same run.
  relays += 1;
  scheduler.runNow(relayOf(local()), new Date(Date.now() - 3_600_000 - relays * 60_000));
  return id;
}

/** Posts to a verifier that starts while its signing secret has no value. */
export async function postWithoutSecret(run: PrivacyRun): Promise<void> {
  const { secrets } = run.local();
  const name = 'motion-mavericks/dev/mux/webhook-signing-secret';
  const value = secrets.find(name)?.versions['AWSCURRENT']?.value ?? fail('There is no secret.');
  const restart = () => functionNamed(run.local(), 'MuxVerifier').kill();
  secrets.put(name, '');
  await restart();
  expect(await postWebhook(run, 'mux', '{}', { genuine: false })).toBe(500);
  const counted = () => run.lines.some(({ fields }) => fields['SecretReadsFailed'] === 1);
  expect(await eventually(counted, Boolean)).toBe(true);
  secrets.put(name, value);
  await restart();
}

export async function postUnknownBounceType({ local }: PrivacyRun): Promise<void> {
  const { resend, inspect } = local();
  const mail = resend.mails().at(-1) ?? fail('No mail has been sent.');
  const event = resendEvent('email.bounced', mail, new Date());
  await resend.deliver({ ...event, data: { ...event.data, bounce: { type: 'Puzzling' } } });
  await waitUntilComplete(inspect, 'resend', event.id, WAIT_MS);
}

const relayOf = ({ scheduler }: ReturnType<PrivacyRun['local']>) =>
  scheduler.upcoming().find(({ name }) => name.includes('Relay'))?.name ?? '';

export async function runEveryJob({ local, lines }: PrivacyRun): Promise<void> {
  const { scheduler } = local();
  const schedules = scheduler.upcoming();
  const finished = () =>
    lines.filter(
      ({ fields }) => fields['message'] === 'Job run' || fields['message'] === 'Job failed',
    );
  const before = finished().length;
  expect(schedules.length).toBeGreaterThan(5);
  for (const { name } of schedules) scheduler.runNow(name, new Date());
  await eventually(finished, ({ length }) => length >= before + schedules.length);
}

/** Stops Postgres while an event of each provider and a job need it. */
export async function stopPostgresDuringTraffic(run: PrivacyRun): Promise<void> {
  const { database, scheduler } = run.local();
  await database.server?.stop();
  const before = run.lines.length;
  for (const provider of providers) {
    const body =
      everyBody().find((one) => one.provider === provider) ?? fail(`No ${provider} body.`);
    await postWebhook(run, provider, body.text, { genuine: true });
  }
  scheduler.runNow(relayOf(run.local()), new Date(Date.now() + 60_000));
  const hasLine = (matches: (line: LogLine) => boolean) => run.lines.slice(before).some(matches);
  await eventually(
    () =>
      hasLine(({ functionName }) => functionName.includes('Relay')) &&
      providers.every((provider) =>
        hasLine(
          ({ fields }) => fields['outcome'] === 'postponed' && fields['provider'] === provider,
        ),
      ),
    Boolean,
  );
  await database.server?.restart();
}
