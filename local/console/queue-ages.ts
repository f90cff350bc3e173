import type { LocalQueues } from '../aws/sqs.ts';

/** Ages of the oldest message of each queue, as CloudWatch keeps them for SQS. */
export interface QueueAges {
  /** Returns the highest age of each minute, in seconds, by the minute's start. */
  minutes(queueName: string): ReadonlyMap<number, number>;
  stop(): void;
}

const SAMPLE_MS = 5_000;
const MINUTE_SECONDS = 60;
/** Charts show at most the last day. */
const KEPT_MINUTES = 1_441;

/** Measures the queues every five seconds: SQS in memory has no metrics. */
export function startQueueAges(
  queues: Pick<LocalQueues, 'oldestMessages'>,
  everyMs = SAMPLE_MS,
): QueueAges {
  const ages = new Map<string, Map<number, number>>();
  const sample = async () => {
    const now = Date.now();
    const minute = Math.floor(now / 1_000 / MINUTE_SECONDS) * MINUTE_SECONDS;
    for (const { name, sentAt } of await queues.oldestMessages()) {
      const minutes = ages.get(name) ?? new Map<number, number>();
      const age = Math.max(0, (now - sentAt.getTime()) / 1_000);
      minutes.set(minute, Math.max(age, minutes.get(minute) ?? 0));
      if (minutes.size > KEPT_MINUTES) minutes.delete([...minutes.keys()][0] ?? minute);
      ages.set(name, minutes);
    }
  };
  // A sample that fails, for example during a stop, only leaves a gap in the chart.
  const timer = setInterval(() => void sample().catch(() => {}), everyMs).unref();
  return {
    minutes: (queueName) => ages.get(queueName) ?? new Map(),
    stop: () => clearInterval(timer),
  };
}
