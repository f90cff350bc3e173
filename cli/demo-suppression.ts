import { type Consequences, untilSettled } from '../local/postgres/inspect-event.ts';
import { addFilm, addMember, type Member } from '../local/postgres/sample-portal.ts';
import { muxEvent } from '../local/sandbox/mux-events.ts';
import type { ResendEvent } from '../local/sandbox/resend-events.ts';
import { eventTypes, post, recipients, type Stage, type Step } from './demo-steps.ts';
import { describeConsequences } from './print-consequences.ts';

const SUPPORT = 'support@dev.motion-mavericks.example';

/** Resend's answer to a mail comes as an event of its own, whose id nobody here has given. */
const LATEST_EVENT = `
  select delivery_event_id from portal.notifications where id = $1::uuid and delivery_event_id is not null`;

async function makeReady(stage: Stage, owner: Member, title: string): Promise<Consequences> {
  const film = await addFilm(stage.local.pool, { owner, title, status: 'processing' });
  return post(stage, muxEvent('video.asset.ready', film, new Date()));
}

/** What came of the event with which Resend answered the mail of this notification. */
async function answerTo(
  { local, account }: Stage,
  { notifications }: Consequences,
): Promise<Consequences> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await local.pool.query<{ delivery_event_id: ResendEvent['id'] }>(
      LATEST_EVENT,
      [notifications[0]?.id],
    );
    if (rows[0] !== undefined) {
      const consequences = await untilSettled(local.inspect, 'resend', rows[0].delivery_event_id);
      account.tell([
        `  ${consequences.ledger?.type}`,
        ...describeConsequences(consequences).map((line) => `  ${line}`),
      ]);
      return consequences;
    }
    if (Date.now() > deadline) throw new Error('Resend never told what became of the mail.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const suppression: Step = {
  heading: 'Mails to Noa bounce, and she is mailed no more',
  async run(stage) {
    const { account, local } = stage;
    const noa = await addMember(local.pool, { name: 'Noa Levy', email: 'bounced+noa@resend.dev' });
    const first = await answerTo(stage, await makeReady(stage, noa, 'First cut'));
    account.expect('the first mail bounces', first.delivery?.delivery_status, 'bounced');
    account.expect(
      'one bounce does not suppress her address',
      first.addresses[0]?.suppressed,
      false,
    );

    const second = await answerTo(stage, await makeReady(stage, noa, 'Second cut'));
    account.expect('the second suppresses it', second.addresses[0]?.suppressed, true);
    account.expect('support gets a mail', recipients(second), [SUPPORT]);
    account.expect('the bus hears of it', eventTypes(second), [
      'email.suppressed',
      'notification.requested',
    ]);

    const third = await makeReady(stage, noa, 'Final cut');
    account.expect(
      'the next notification is there',
      third.notifications[0]?.mail_status,
      'suppressed',
    );
    account.expect('and is not mailed', recipients(third), []);
  },
};
