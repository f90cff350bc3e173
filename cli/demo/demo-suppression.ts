import { type Consequences, waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { addAsset, addMember, type Member } from '../../local/postgres/sample-portal.ts';
import { muxEvent } from '../../local/sandbox/mux-events.ts';
import type { ResendEvent } from '../../local/sandbox/resend-events.ts';
import { describeConsequences } from '../print-consequences.ts';
import { type Demo, type DemoStep, eventTypes, indent, post, recipients } from './demo-step.ts';

const SUPPORT = 'support@dev.motion-mavericks.example';

/** Reads the id from the database, because the sandbox of Resend chooses the id of its event. */
const FIND_DELIVERY_EVENT = `
  select delivery_event_id
    from portal.notifications
   where id = $1::uuid and delivery_event_id is not null`;

const FIND_SUPPRESSION = `
  select event_id
    from portal.email_suppressions
   where address = $1::text and suppressed`;

async function makeReady(demo: Demo, owner: Member, title: string): Promise<Consequences> {
  const asset = await addAsset(demo.local.pool, { owner, title, status: 'processing' });
  return post(demo, muxEvent('video.asset.ready', asset, new Date()));
}

/** Waits for Resend's event about the mail of this notification, and returns its consequences. */
async function deliveryEventOf(
  { local, expectations }: Demo,
  { notifications }: Consequences,
): Promise<Consequences> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await local.pool.query<{ delivery_event_id: ResendEvent['id'] }>(
      FIND_DELIVERY_EVENT,
      [notifications[0]?.id],
    );
    if (rows[0] !== undefined) {
      const eventId = rows[0].delivery_event_id;
      const consequences = await waitUntilComplete(local.inspect, 'resend', eventId);
      expectations.print([
        `  ${consequences.ledger?.type}`,
        ...describeConsequences(consequences).map(indent),
      ]);
      return consequences;
    }
    if (Date.now() > deadline) throw new Error('No event about the mail arrived within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until Resend's report about its suppression list has reached the portal. */
async function suppressionEventOf({ local, expectations }: Demo, address: string) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await local.pool.query<{ event_id: ResendEvent['id'] }>(FIND_SUPPRESSION, [
      address,
    ]);
    if (rows[0] !== undefined) {
      const consequences = await waitUntilComplete(local.inspect, 'resend', rows[0].event_id);
      expectations.print([
        `  ${consequences.ledger?.type}`,
        ...describeConsequences(consequences).map(indent),
      ]);
      return consequences;
    }
    if (Date.now() > deadline) throw new Error('The address was not suppressed within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const suppression: DemoStep = {
  heading: 'A mail to Noa bounces, and Resend suppresses her address',
  async run(demo) {
    const { expectations, local } = demo;
    const email = 'bounced+noa@resend.dev';
    const noa = await addMember(local.pool, { name: 'Noa Levy', email });
    const first = await deliveryEventOf(demo, await makeReady(demo, noa, 'First cut'));
    expectations.expect('the first mail bounces', first.delivery?.delivery_status, 'bounced');
    const reported = await suppressionEventOf(demo, email);
    expectations.expect('support gets a mail', recipients(reported), [SUPPORT]);
    expectations.expect('the suppression is published on the bus', eventTypes(reported), [
      'email.suppressed',
      'notification.requested',
    ]);
    const second = await makeReady(demo, noa, 'Final cut');
    expectations.expect(
      'the mail of the next notification is suppressed',
      second.notifications[0]?.mail_status,
      'suppressed',
    );
    expectations.expect('no mail is sent', recipients(second), []);
  },
};
