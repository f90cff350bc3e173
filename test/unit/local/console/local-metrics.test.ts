import { expect, test } from '@jest/globals';
import type { MetricQuery } from '../../../../console/figures/metric-source.ts';
import { storeMetrics } from '../../../../local/aws/metric-store.ts';
import { makeLocalMetrics } from '../../../../local/console/local-metrics.ts';
import { startQueueAges } from '../../../../local/console/queue-ages.ts';
import type { Reporter } from '../../../../local/reporter.ts';

const reporter: Reporter = {
  print: () => {},
  warn: () => {},
  functionOutput: () => {},
  functionError: () => {},
  close: () => {},
};
const at = (time: string) => new Date(`2026-03-01T${time}Z`);
const seconds = (time: string) => at(time).getTime() / 1_000;

function aStore() {
  const { reporter: watching, metrics } = storeMetrics(reporter);
  const emit = (time: string, values: Readonly<Record<string, number | readonly number[]>>) =>
    watching.functionOutput(
      'Processor',
      JSON.stringify({
        _aws: {
          Timestamp: at(time).getTime(),
          CloudWatchMetrics: [
            {
              Dimensions: [['provider']],
              Metrics: Object.keys(values).map((Name) => ({ Name })),
            },
          ],
        },
        provider: 'mux',
        ...values,
      }),
    );
  const ages = new Map([[seconds('12:00:00'), 42]]);
  const queueAges = {
    minutes: (name: string) => (name === 'deliveries' ? ages : new Map()),
    stop: () => {},
  };
  return { emit, metrics, read: makeLocalMetrics({ metrics, queueAges }) };
}

const query = (name: string, statistic: MetricQuery['statistic']): MetricQuery => ({
  namespace: 'MotionMavericks/Webhooks/dev',
  name,
  dimensions: { provider: 'mux' },
  statistic,
});

test('sums counts by period, and leaves out what is older than the window', async () => {
  const { emit, read } = aStore();
  emit('11:54:59', { Accepted: 100 });
  emit('11:56:10', { Accepted: 1 });
  emit('11:59:50', { Accepted: 2 });
  emit('12:00:10', { Accepted: 4 });
  const window = { from: at('11:55:00'), to: at('12:05:00'), periodSeconds: 300 };

  expect(await read([query('Accepted', 'Sum')], window)).toEqual([
    new Map([
      [seconds('11:55:00'), 3],
      [seconds('12:00:00'), 4],
    ]),
  ]);
});

test('computes percentiles over all values of a period', async () => {
  const { emit, read } = aStore();
  emit('12:00:05', { AcceptToEffectMs: Array.from({ length: 60 }, (_, index) => index + 1) });
  emit('12:01:05', { AcceptToEffectMs: Array.from({ length: 40 }, (_, index) => index + 61) });
  const window = { from: at('12:00:00'), to: at('12:05:00'), periodSeconds: 300 };
  const queries = (['p50', 'p95', 'p99', 'Maximum'] as const).map((statistic) =>
    query('AcceptToEffectMs', statistic),
  );

  const values = await read(queries, window);

  expect(values.map((one) => one.get(seconds('12:00:00')))).toEqual([50, 95, 99, 100]);
});

test('moves values into the past with the clock of a test', async () => {
  const { emit, metrics, read } = aStore();
  emit('12:00:05', { Accepted: 1, AcceptToEffectMs: [7] });
  metrics.age(60_000);
  const window = { from: at('11:59:00'), to: at('12:00:00'), periodSeconds: 60 };

  const [sums, latencies] = await read(
    [query('Accepted', 'Sum'), query('AcceptToEffectMs', 'p50')],
    window,
  );

  expect([sums?.size, latencies?.get(seconds('11:59:00'))]).toEqual([1, 7]);
});

test('reads the age of a queue by its name', async () => {
  const { read } = aStore();
  const age: MetricQuery = {
    namespace: 'AWS/SQS',
    name: 'ApproximateAgeOfOldestMessage',
    dimensions: { QueueName: 'deliveries' },
    statistic: 'Maximum',
  };
  const other = { ...age, dimensions: { QueueName: 'other' } };
  const window = { from: at('12:00:00'), to: at('12:01:00'), periodSeconds: 60 };

  expect(await read([age, other], window)).toEqual([
    new Map([[seconds('12:00:00'), 42]]),
    new Map(),
  ]);
});

test('samples the oldest message of each queue, and survives a failed sample', async () => {
  const sentAt = new Date(Date.now() - 30_000);
  let samples = 0;
  const oldestMessages = async () => {
    samples += 1;
    if (samples === 1) throw new Error('SQS is stopping');
    return [{ name: 'deliveries', sentAt }];
  };
  const ages = startQueueAges({ oldestMessages }, 1);
  while (ages.minutes('deliveries').size === 0) await new Promise((resolve) => setTimeout(resolve));
  ages.stop();

  expect([...ages.minutes('deliveries').values()][0]).toBeGreaterThanOrEqual(30);
  expect(ages.minutes('other').size).toBe(0);
});
