import { expect, test } from '@jest/globals';
import { retryAttempts } from '../../../lambdas/catalog/job.ts';
import { jobNamed } from '../../../lambdas/catalog/jobs.ts';
import { eventually } from '../../support/eventually.ts';
import { countEffects, useLocal } from '../../support/local.ts';
import { createReadyEvent } from '../../support/operator-commands.ts';

// Turns the longest pause of EventBridge, 5 min, into 0.15 s, and Lambda's of 2 min into 0.06 s.
const local = useLocal({ timeScale: 1 / 2_000 });

async function queueNamed(...parts: readonly string[]): Promise<string> {
  const names = (await local().queues.contents()).map(({ name }) => name);
  const found = names.filter((name) => parts.every((part) => name.includes(part)));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

/** Waits for a message of a queue and returns its body. */
async function bodyIn(queueName: string): Promise<unknown> {
  const [message] = await eventually(
    () => local().queues.receive(queueName, { max: 1, waitSeconds: 0 }),
    ({ length }) => length > 0,
  );
  return JSON.parse(message?.Body ?? '{}');
}

test('a failing function is retried by its template, then its run is a dead letter', async () => {
  const job = jobNamed('report-residency');
  const at = new Date('2026-11-22T20:00:00Z');
  await local().pool.query(`
      create function portal.reject() returns trigger language plpgsql as
        $$ begin raise exception 'rejected on purpose'; end $$;
      create trigger reject before insert on portal.residency_reports
        for each row execute function portal.reject()`);
  const schedule = local()
    .scheduler.upcoming()
    .find(({ name }) => name.includes('ReportResidency'));

  local().scheduler.runNow(schedule?.name ?? '', at);

  expect(await bodyIn(await queueNamed('ReportResidency', 'MissedRuns'))).toMatchObject({
    requestContext: {
      condition: 'RetriesExhausted',
      approximateInvokeCount: retryAttempts(job) + 1,
    },
    requestPayload: { scheduledAt: '2026-11-22T20:00:00Z' },
    responsePayload: { errorMessage: expect.stringContaining('rejected on purpose') },
  });
  const { rows } = await local().pool.query(
    `select status, attempts from portal.job_runs where job = $1 and scheduled_at = $2`,
    [job.name, at],
  );
  expect(rows).toEqual([{ status: 'failed', attempts: retryAttempts(job) + 1 }]);
});

test('an event whose target rejects it is retried, and each mail is sent once', async () => {
  const requests = await queueNamed('notification-requests');
  const event = await createReadyEvent(local());
  local().queues.setDown(true, requests);
  try {
    expect(await local().mux.deliver(event)).toMatchObject({ statusCode: 200 });
    const pending = () => local().buses.pendingDeliveries();
    expect(await eventually(pending, (count) => count === 1)).toBe(1);
  } finally {
    local().queues.setDown(false, requests);
  }

  const effects = () => countEffects(local(), [event.id]);
  expect(await eventually(effects, ({ mails }) => mails === 1)).toMatchObject({ mails: 1 });
  expect(local().buses.pendingDeliveries()).toBe(0);
});
