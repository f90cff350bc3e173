import { deterministicUuid } from '../../lambdas/platform/deterministic-id.ts';
import type { Random } from './random.ts';

/** End of a video, which all its events together cause in any order. */
export type Ending = 'ready' | 'failed' | 'cancelled' | 'deleted' | 'awaiting-upload';

export interface PlannedEvent {
  readonly id: string;
  readonly type: string;
  /** Number of deliveries: an event is delivered at least once. */
  readonly times: number;
}

export interface PlannedVideo {
  readonly id: string;
  readonly ownerId: string;
  readonly address: string;
  readonly title: string;
  readonly ending: Ending;
  /** Events of Mux in their true order. */
  readonly assetEvents: readonly PlannedEvent[];
  /** Events of Resend about the mail to the owner, in their true order. */
  readonly mailEvents: readonly PlannedEvent[];
}

/** Type without effect. */
const FILLER = 'video.asset.static_rendition.ready';

const uploaded = ['video.upload.asset_created', 'video.asset.created'];

const assetEventTypes: Readonly<Record<Ending, readonly string[]>> = {
  ready: [...uploaded, 'video.asset.ready'],
  failed: [...uploaded, 'video.asset.errored'],
  cancelled: ['video.upload.created', 'video.upload.cancelled'],
  deleted: [...uploaded, 'video.asset.ready', 'video.asset.deleted'],
  'awaiting-upload': [],
};

const mailEventTypes = [
  ['email.sent', 'email.delivered'],
  ['email.delivery_delayed', 'email.delivered', 'email.opened'],
  ['email.delivered'],
  ['email.delivered', 'email.complained'],
] as const;

const endings: readonly Ending[] = [
  ...Array<Ending>(6).fill('ready'),
  ...Array<Ending>(2).fill('failed'),
  'cancelled',
  'deleted',
];

/** Status of the mail after all its events, by the last type that changes it. */
export const mailStatusAfter = ({ mailEvents }: PlannedVideo): 'delivered' | 'complained' =>
  mailEvents.some(({ type }) => type === 'email.complained') ? 'complained' : 'delivered';

const WITH_FILLER = 0.1;
const DUPLICATED = 0.15;
const MOST_DELIVERIES = 3;

/** Plans videos whose events, those about their mails included, are `events` in number. */
export function planVideos(random: Random, seed: number, events: number): readonly PlannedVideo[] {
  const videos: PlannedVideo[] = [];
  for (let left = events; left > 0; ) {
    const video = planVideo(random, `${seed}-${videos.length}`, left);
    videos.push(video);
    left -= video.assetEvents.length + video.mailEvents.length;
  }
  return videos;
}

/** @param most Number of events that the video may have. The last videos only fill the plan. */
function planVideo(random: Random, name: string, most: number): PlannedVideo {
  const ending = random.pick(endings);
  const assetTypes = [...assetEventTypes[ending], ...(random.chance(WITH_FILLER) ? [FILLER] : [])];
  // The mail about a deleted video is sent only if the video was ready first.
  const mailTypes = ending === 'deleted' ? [] : random.pick(mailEventTypes);
  const fits = assetTypes.length + mailTypes.length <= most;
  const event = (type: string, index: number): PlannedEvent => ({
    id: deterministicUuid('soak', 'event', name, type, String(index)),
    type,
    times: random.chance(DUPLICATED) ? 2 + random.below(MOST_DELIVERIES - 1) : 1,
  });
  return {
    id: deterministicUuid('soak', 'video', name),
    ownerId: deterministicUuid('soak', 'owner', name),
    address: `delivered+soak-${name}@resend.dev`,
    title: `Soak video ${name}.`,
    ending: fits ? ending : 'awaiting-upload',
    assetEvents: (fits ? assetTypes : Array<string>(most).fill(FILLER)).map(event),
    mailEvents: fits ? mailTypes.map(event) : [],
  };
}
