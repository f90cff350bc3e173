import { setTimeout } from 'node:timers/promises';
import { runCommand } from '../../local/console/run-command.ts';
import type { LocalInstance } from '../../local/local-instance.ts';
import type { LedgerRow } from '../../local/postgres/inspect-event.ts';
import { addAsset, addMember, members } from '../../local/postgres/sample-portal.ts';
import { addEventFault, removeEventFaults } from '../../local/rehearsal/event-faults.ts';
import { muxEvent } from '../../local/sandbox/mux-events.ts';
import { waitUntilIdle } from '../../local/wait-until-idle.ts';
import { type DemoStep, indent, post } from './demo-step.ts';

const RELIABILITY = 'reliability@dev.motion-mavericks.example';
const LIMIT_MS = 180_000;

const exhausted: DemoStep = {
  heading: 'An event fails until no redrive is left, and is replayed after the repair',
  async run(demo) {
    const { expectations, local } = demo;
    const { pool } = local;
    const asset = await addAsset(pool, {
      owner: members.tom,
      title: 'Stubborn',
      status: 'processing',
    });
    const event = muxEvent('video.asset.ready', asset, new Date());
    await addEventFault(pool, { source: 'mux', eventId: event.id, fails: 1_000 });
    await post(demo, event);

    const failed = await redriveUntilExhausted(demo, event.id);
    expectations.expect('the event is exhausted', failed?.status, 'exhausted');
    await runRetryJob(local);
    await waitForMail(local, RELIABILITY);
    expectations.expect('the reliability partner gets a mail', mailsTo(local, RELIABILITY), 1);

    await removeEventFaults(pool);
    expectations.print(['  The fault is repaired, and an operator replays the event.']);
    await runCommand(local.routes, 'events replay', {
      provider: 'mux',
      event: event.id,
      reason: 'Demo: the fault is repaired',
    });
    const applied = await waitForStatus(local, event.id, 'processed');
    const { asset: video } = await local.inspect('mux', event.id);
    expectations.expect('the replay applies the event', applied?.status, 'processed');
    expectations.expect(
      'the video is ready',
      video?.status ?? (await statusOf(local, asset)),
      'ready',
    );
  },
};

/** Runs the job again and again, and prints each change of the event. */
async function redriveUntilExhausted(
  { local, expectations }: Parameters<DemoStep['run']>[0],
  eventId: string,
): Promise<LedgerRow | undefined> {
  const deadline = Date.now() + LIMIT_MS;
  let printed = '';
  for (;;) {
    const { ledger } = await local.inspect('mux', eventId);
    const line = `event         ${ledger?.status} after ${ledger?.attempts} attempts`;
    if (line !== printed) expectations.print([indent(indent(line))]);
    printed = line;
    if (ledger?.status === 'exhausted' || Date.now() > deadline) return ledger;
    await runRetryJob(local);
  }
}

/** A run is identified by the second for which it is scheduled. */
async function runRetryJob(local: LocalInstance): Promise<void> {
  await setTimeout(1_000);
  local.scheduler.runNow('JobsRetryFailedWebhooksJob');
  await waitUntilIdle(local.functions);
}

const mailsTo = ({ resend }: LocalInstance, address: string): number =>
  resend.mails().filter(({ to }) => to.includes(address)).length;

async function waitForMail(local: LocalInstance, address: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (mailsTo(local, address) === 0 && Date.now() < deadline) await setTimeout(100);
}

async function waitForStatus(
  local: LocalInstance,
  eventId: string,
  status: string,
): Promise<LedgerRow | undefined> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const { ledger } = await local.inspect('mux', eventId);
    if (ledger?.status === status || Date.now() > deadline) return ledger;
    await setTimeout(100);
  }
}

const FIND_STATUS = 'select status from portal.assets where id = $1::uuid';

async function statusOf(
  { pool }: LocalInstance,
  { passthrough }: { readonly passthrough: string },
): Promise<string | undefined> {
  const { rows } = await pool.query<{ status: string }>(FIND_STATUS, [passthrough]);
  return rows[0]?.status;
}

const BURST = 20;
const RATE = 5;

const burst: DemoStep = {
  heading: `${BURST} videos of one member are ready at once; Resend takes ${RATE} mails a second`,
  async run({ local, expectations }) {
    const address = 'delivered+burst@resend.dev';
    const owner = await addMember(local.pool, { name: 'Burst', email: address });
    const assets = [];
    for (let index = 1; index <= BURST; index += 1)
      assets.push(
        await addAsset(local.pool, { owner, title: `Take ${index}`, status: 'processing' }),
      );
    local.resend.setRateLimit(RATE);
    const startedAt = performance.now();
    const responses = await Promise.all(
      assets.map((asset) => local.mux.deliver(muxEvent('video.asset.ready', asset, new Date()))),
    );
    const deadline = Date.now() + LIMIT_MS;
    while (mailsTo(local, address) < BURST && Date.now() < deadline) await setTimeout(100);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    expectations.print([`  All mails were sent after ${seconds} s.`]);
    await waitUntilIdle(local.functions);
    expectations.expect(
      'every delivery is answered 200',
      [...new Set(responses.map(({ statusCode }) => statusCode))],
      [200],
    );
    expectations.expect('each video has one mail', mailsTo(local, address), BURST);
    local.resend.setRateLimit(Number.POSITIVE_INFINITY);
  },
};

export const failureSteps: readonly DemoStep[] = [exhausted, burst];
