import type { LocalInstance } from '../../local/local-instance.ts';
import { addAsset, members } from '../../local/postgres/sample-portal.ts';
import { muxEvent } from '../../local/sandbox/mux-events.ts';
import {
  type DemoStep,
  eventsOf,
  eventTypes,
  type PostedEvent,
  post,
  recipients,
} from './demo-step.ts';

const fromUploadToReady: DemoStep = {
  heading: 'Mira uploads a video, and Mux makes it ready',
  async run(demo) {
    const { expectations, local } = demo;
    const asset = await addAsset(local.pool, { owner: members.mira, title: 'Night shoot' });
    const posted: PostedEvent[] = [];
    for (const event of eventsOf(
      asset,
      'video.upload.created',
      'video.upload.asset_created',
      'video.asset.created',
      'video.asset.ready',
    ))
      posted.push(await post(demo, event));
    const last = posted.at(-1);
    if (last === undefined) return;
    expectations.expect(
      'every delivery is answered 200',
      [...new Set(posted.flatMap(({ codes }) => codes))],
      [200],
    );
    expectations.expect('the video is ready', last.asset?.status, 'ready');
    expectations.expect(
      'its playback URL has a token',
      /\?token=./.test(last.asset?.playback_url ?? ''),
      true,
    );
    expectations.expect('only Mira gets a mail', recipients(last), [members.mira.email]);
    expectations.expect('two domain events are on the bus', eventTypes(last), [
      'asset.ready',
      'notification.requested',
    ]);
  },
};

const errored: DemoStep = {
  heading: 'Tom uploads a file that is not a video',
  async run(demo) {
    const { expectations, local } = demo;
    const asset = await addAsset(local.pool, {
      owner: members.tom,
      title: 'Shopping list',
      status: 'processing',
    });
    const posted = await post(demo, muxEvent('video.asset.errored', asset, new Date()));
    expectations.expect('the status is failed', posted.asset?.status, 'failed');
    const admins = [members.ines.email, members.raj.email];
    expectations.expect(
      'Tom and both admins get a mail',
      recipients(posted),
      [...admins, members.tom.email].sort(),
    );
    expectations.expect(
      'the portal shows the reason from Mux',
      posted.asset?.failure_reason?.includes('not a video'),
      true,
    );
  },
};

const duplicate: DemoStep = {
  heading: 'Mux delivers one event three times',
  async run(demo) {
    const { expectations, local } = demo;
    const asset = await addAsset(local.pool, {
      owner: members.mira,
      title: 'Take 2',
      status: 'processing',
    });
    const event = muxEvent('video.asset.ready', asset, new Date());
    const posted = await post(demo, event, 3);
    await waitUntilQueuesAreEmpty(local);
    const later = await local.inspect('mux', event.id);
    expectations.expect('every delivery is answered 200', posted.codes, [200, 200, 200]);
    expectations.expect('the video is ready', later.asset?.status, 'ready');
    expectations.expect('there is one notification', later.notifications.length, 1);
    expectations.expect('there is one mail', recipients(later), [members.mira.email]);
    expectations.expect('each domain event is published once', eventTypes(later), [
      'asset.ready',
      'notification.requested',
    ]);
  },
};

const forgery: DemoStep = {
  heading: 'An attacker sends a forged event',
  async run(demo) {
    const { expectations, local } = demo;
    const asset = await addAsset(local.pool, {
      owner: members.mira,
      title: 'Not yet ready',
      status: 'processing',
    });
    const event = muxEvent('video.asset.ready', asset, new Date());
    const posted = await post(demo, event, 1, { forged: true });
    expectations.expect('the delivery is answered 400', posted.codes, [400]);
    expectations.expect('the event is not recorded', posted.ledger ?? null, null);
  },
};

const reordered: DemoStep = {
  heading: 'Two events arrive in the wrong order',
  async run(demo) {
    const { expectations, local } = demo;
    const asset = await addAsset(local.pool, { owner: members.tom, title: 'Backwards' });
    const now = Date.now();
    const created = muxEvent('video.asset.created', asset, new Date(now - 2000));
    const ready = muxEvent('video.asset.ready', asset, new Date(now - 1000));
    const first = await post(demo, ready);
    const second = await post(demo, created);
    expectations.expect('the newer event makes the video ready', first.asset?.status, 'ready');
    expectations.expect('the older event is processed', second.ledger?.status, 'processed');
    expectations.expect(
      'the older event changes nothing',
      [second.asset?.applied, second.asset?.status],
      [false, 'ready'],
    );
    expectations.expect(
      'Tom gets one mail',
      [...recipients(first), ...recipients(second)],
      [members.tom.email],
    );
  },
};

async function waitUntilQueuesAreEmpty({ queues }: LocalInstance): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const contents = await queues.contents();
    if (contents.every(({ waiting, inFlight }) => waiting + inFlight === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const steps: readonly DemoStep[] = [
  fromUploadToReady,
  errored,
  duplicate,
  forgery,
  reordered,
];
