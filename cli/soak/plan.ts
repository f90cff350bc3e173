import { defaultFaults, type Fault, type FaultScope, planFaults } from './plan-faults.ts';
import { type PlannedEvent, type PlannedVideo, planVideos } from './plan-videos.ts';
import { type Random, seededRandom } from './random.ts';

/** One delivery of an event of Mux. */
export interface PlannedDelivery {
  readonly video: PlannedVideo;
  readonly event: PlannedEvent;
  /** Position of the event in the history of its video, which decides its time. */
  readonly position: number;
  readonly earlierAttempts: number;
}

export interface SoakPlan {
  readonly seed: number;
  readonly events: number;
  readonly videos: readonly PlannedVideo[];
  /** Deliveries of Mux in the order of sending. Resend's follow each mail. */
  readonly deliveries: readonly PlannedDelivery[];
  readonly faults: readonly Fault[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly events: number;
  /** Number of faults; by default it grows with the events. */
  readonly faults?: number | undefined;
  /** @default 'parts' */
  readonly scope?: FaultScope;
}

/** Plans a run. The same options give the same plan. */
export function planSoak({ seed, events, faults, scope = 'parts' }: PlanOptions): SoakPlan {
  const random = seededRandom(seed);
  const videos = planVideos(random, seed, events);
  const deliveries = orderDeliveries(random, videos);
  const count = faults ?? defaultFaults(events);
  const all = deliveries.length + countMailDeliveries(videos);
  const planned = planFaults(random, { deliveries: all, count, scope });
  return { seed, events, videos, deliveries, faults: planned };
}

/** Counts the deliveries of Resend, which follow the mails during and after those of Mux. */
const countMailDeliveries = (videos: readonly PlannedVideo[]): number =>
  videos.flatMap(({ mailEvents }) => mailEvents).reduce((sum, { times }) => sum + times, 0);

/** Places between two events of a video: other videos' events are sent in between. */
const GAP = 8;

/** Far beyond the gap, so that events of a video overtake each other. */
const JITTER = 40;

function orderDeliveries(
  random: Random,
  videos: readonly PlannedVideo[],
): readonly PlannedDelivery[] {
  const placed = videos.flatMap((video, index) =>
    video.assetEvents.flatMap((event, position) =>
      Array.from({ length: event.times }, (_, earlierAttempts) => ({
        place: index * 3 + position * GAP + random.below(JITTER),
        delivery: { video, event, position, earlierAttempts },
      })),
    ),
  );
  return placed.sort((one, other) => one.place - other.place).map(({ delivery }) => delivery);
}
