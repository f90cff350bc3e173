import { type Consequences, untilSettled } from '../local/postgres/inspect-event.ts';
import { addFilm, members } from '../local/postgres/sample-portal.ts';
import { type MuxEvent, type MuxFilm, muxEvent } from '../local/sandbox/mux-events.ts';
import { type DeliveryOptions, postTimes } from '../local/sandbox/webhook.ts';
import type { LocalInstance } from '../local/start.ts';
import type { Account } from './expectations.ts';
import { describeAnswers, describeConsequences } from './print-consequences.ts';

export interface Step {
  readonly heading: string;
  run(stage: Stage): Promise<void>;
}

export interface Stage {
  readonly local: LocalInstance;
  readonly account: Account;
}

interface Outcome extends Consequences {
  readonly codes: readonly number[];
}

/** Posts an event as Mux would, tells what it caused, and returns it. */
export async function post(
  { local, account }: Stage,
  event: MuxEvent,
  times = 1,
  options: DeliveryOptions = {},
) {
  account.tell([`  ${event.type}`]);
  const answers = await postTimes(local.mux, event, times, options);
  account.tell(describeAnswers(answers).map(indent));
  const accepted = answers.some(({ statusCode }) => statusCode === 200);
  const consequences = await untilSettled(local.inspect, 'mux', event.id, accepted ? undefined : 0);
  if (accepted) account.tell(describeConsequences(consequences).map(indent));
  return { ...consequences, codes: answers.map(({ statusCode }) => statusCode) } satisfies Outcome;
}

const indent = (line: string) => `  ${line}`;

export const recipients = ({ mails }: Consequences) => mails.flatMap(({ to }) => to).sort();
export const eventTypes = ({ domainEvents }: Consequences) =>
  domainEvents.map((event) => event['detail-type']).sort();

// Events in the order in which they happened at Mux, a second apart, until now.
function eventsOf(film: MuxFilm, ...types: readonly string[]): readonly MuxEvent[] {
  return types.map((type, index) =>
    muxEvent(type, film, new Date(Date.now() - (types.length - index) * 1000)),
  );
}

const fromUploadToReady: Step = {
  heading: 'Mira uploads a film, and Mux makes it ready',
  async run(stage) {
    const { account, local } = stage;
    const film = await addFilm(local.pool, { owner: members.mira, title: 'Night shoot' });
    const types = [
      'video.upload.created',
      'video.upload.asset_created',
      'video.asset.created',
      'video.asset.ready',
    ];
    const outcomes: Outcome[] = [];
    for (const event of eventsOf(film, ...types)) outcomes.push(await post(stage, event));

    const [last] = outcomes.slice(-1);
    if (last === undefined) return;
    account.expect(
      'every delivery is answered 200',
      [...new Set(outcomes.flatMap(({ codes }) => codes))],
      [200],
    );
    account.expect('the film is ready', last.asset?.status, 'ready');
    account.expect(
      'its playback URL carries a token',
      /\?token=./.test(last.asset?.playback_url ?? ''),
      true,
    );
    account.expect('Mira gets one mail, and nobody else', recipients(last), [members.mira.email]);
    account.expect('two domain events are on the bus', eventTypes(last), [
      'asset.ready',
      'notification.requested',
    ]);
  },
};

const errored: Step = {
  heading: 'Tom uploads something that is not a film',
  async run(stage) {
    const { account, local } = stage;
    const film = await addFilm(local.pool, {
      owner: members.tom,
      title: 'Shopping list',
      status: 'processing',
    });
    const [event] = eventsOf(film, 'video.asset.errored') as [MuxEvent];
    const outcome = await post(stage, event);
    account.expect('the film has failed', outcome.asset?.status, 'failed');
    const admins = [members.ines.email, members.raj.email];
    account.expect(
      'Tom and both admins get a mail',
      recipients(outcome),
      [...admins, members.tom.email].sort(),
    );
    account.expect(
      'the reason is that of Mux',
      outcome.asset?.failure_reason?.includes('not a video'),
      true,
    );
  },
};

const duplicate: Step = {
  heading: 'Mux delivers one event three times',
  async run(stage) {
    const { account, local } = stage;
    const film = await addFilm(local.pool, {
      owner: members.mira,
      title: 'Take 2',
      status: 'processing',
    });
    const [event] = eventsOf(film, 'video.asset.ready') as [MuxEvent];
    const outcome = await post(stage, event, 3);
    await untilQueuesAreEmpty(local);
    const later = await local.inspect('mux', event.id);
    account.expect('every delivery is answered 200', outcome.codes, [200, 200, 200]);
    account.expect('the film is ready', later.asset?.status, 'ready');
    account.expect('there is one notification', later.notifications.length, 1);
    account.expect('there is one mail', recipients(later), [members.mira.email]);
    account.expect('the domain events are there once', eventTypes(later), [
      'asset.ready',
      'notification.requested',
    ]);
  },
};

const forgery: Step = {
  heading: 'Somebody forges an event',
  async run(stage) {
    const { account, local } = stage;
    const film = await addFilm(local.pool, {
      owner: members.mira,
      title: 'Not yet ready',
      status: 'processing',
    });
    const [event] = eventsOf(film, 'video.asset.ready') as [MuxEvent];
    const outcome = await post(stage, event, 1, { forged: true });
    account.expect('the delivery is answered 400', outcome.codes, [400]);
    account.expect('nobody heard of the event', outcome.ledger ?? null, null);
  },
};

const reordered: Step = {
  heading: 'Two events arrive in the wrong order',
  async run(stage) {
    const { account, local } = stage;
    const film = await addFilm(local.pool, { owner: members.tom, title: 'Backwards' });
    const [created, ready] = eventsOf(film, 'video.asset.created', 'video.asset.ready') as [
      MuxEvent,
      MuxEvent,
    ];
    const first = await post(stage, ready);
    const second = await post(stage, created);
    account.expect('the film is ready at once', first.asset?.status, 'ready');
    account.expect('the older event is processed', second.ledger?.status, 'processed');
    account.expect(
      'and changes nothing any more',
      [second.asset?.applied, second.asset?.status],
      [false, 'ready'],
    );
    account.expect(
      'Tom gets one mail',
      [...recipients(first), ...recipients(second)],
      [members.tom.email],
    );
  },
};

async function untilQueuesAreEmpty({ queues }: LocalInstance): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const contents = await queues.contents();
    if (contents.every(({ waiting, inFlight }) => waiting + inFlight === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const steps: readonly Step[] = [fromUploadToReady, errored, duplicate, forgery, reordered];
