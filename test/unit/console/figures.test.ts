import { describe, expect, test } from '@jest/globals';
import { makeCloudWatchSource } from '../../../console/figures/cloudwatch-source.ts';
import {
  type MetricQuery,
  MetricsDeniedError,
  type MetricWindow,
} from '../../../console/figures/metric-source.ts';
import { makeReadFigures } from '../../../console/figures/read-figures.ts';
import { makeReadQueueNames } from '../../../console/server/queue-names.ts';
import { answers, useAwsService } from '../../support/aws/aws-service.ts';

const now = new Date('2026-03-01T12:00:30Z');
const minute = (text: string) => new Date(`2026-03-01T${text}:00Z`).getTime() / 1_000;

function readWith(valuesOf: (query: MetricQuery) => ReadonlyMap<number, number>) {
  const seen: { queries: readonly MetricQuery[]; window: MetricWindow }[] = [];
  const read = makeReadFigures({
    stage: 'prod',
    readMetrics: async (queries, window) => {
      seen.push({ queries, window });
      return queries.map(valuesOf);
    },
    readQueueNames: async () => ({ mux: 'queue-of-mux', resend: 'queue-of-resend' }),
  });
  return { read, seen };
}

describe('figures', () => {
  test('cover the last hour by minutes, up to the one in progress', async () => {
    const { read, seen } = readWith(() => new Map());

    const { times, periodSeconds } = await read('hour', now);

    expect(times).toHaveLength(60);
    expect([times[0], times.at(-1)]).toEqual([minute('11:01'), minute('12:00')]);
    expect(periodSeconds).toBe(60);
    expect(seen[0]?.window).toMatchObject({
      from: new Date('2026-03-01T11:01:00Z'),
      to: new Date('2026-03-01T12:01:00Z'),
    });
  });

  test('cover the last day by five minutes', async () => {
    const { times } = await readWith(() => new Map()).read('day', now);

    expect(times).toHaveLength(288);
    expect(times.at(-1)).toBe(minute('12:00'));
  });

  test('read the metrics of the dashboard', async () => {
    const { read, seen } = readWith(() => new Map());
    await read('hour', now);

    const ofMux = seen[0]?.queries.filter(
      ({ dimensions }) => dimensions['provider'] === 'mux' || dimensions['QueueName'],
    );
    expect(ofMux).toEqual(
      expect.arrayContaining([
        {
          namespace: 'MotionMavericks/Webhooks/prod',
          name: 'Accepted',
          dimensions: { provider: 'mux' },
          statistic: 'Sum',
        },
        {
          namespace: 'MotionMavericks/Webhooks/prod',
          name: 'AcceptToEffectMs',
          dimensions: { provider: 'mux' },
          statistic: 'p99',
        },
        {
          namespace: 'AWS/SQS',
          name: 'ApproximateAgeOfOldestMessage',
          dimensions: { QueueName: 'queue-of-mux' },
          statistic: 'Maximum',
        },
      ]),
    );
  });

  test('add metrics, count silence as 0, and leave gaps in latencies', async () => {
    const { read } = readWith(({ name, dimensions }) =>
      dimensions['provider'] === 'mux' && ['Rejected', 'AcceptFailed'].includes(name)
        ? new Map([[minute('12:00'), 2]])
        : new Map(),
    );

    const { providers } = await read('hour', now);

    const [mux, resend] = providers;
    expect(mux?.rejected.slice(-2)).toEqual([0, 4]);
    expect(resend?.rejected.at(-1)).toBe(0);
    expect(mux?.p95.at(-1)).toBeNull();
    expect(mux?.queueAgeSeconds.at(-1)).toBe(0);
  });
});

test('names of queues are read once, but again after a failure', async () => {
  const bodies = [{ detail: 'failed' }, { queues: [{ provider: 'mux', queue: 'q1' }] }];
  let calls = 0;
  const read = makeReadQueueNames(async () => {
    calls += 1;
    return { statusCode: 200, body: bodies.shift() ?? {} };
  });

  expect(await read()).toEqual({});
  expect(await read()).toEqual({ mux: 'q1' });
  expect(await read()).toEqual({ mux: 'q1' });
  expect(calls).toBe(2);
});

describe('CloudWatch', () => {
  const aws = useAwsService();
  const query: MetricQuery = {
    namespace: 'Space',
    name: 'Accepted',
    dimensions: { provider: 'mux' },
    statistic: 'Sum',
  };
  const window = { from: new Date(0), to: now, periodSeconds: 60 };
  const page = (Id: string, at: string, value: number, NextToken?: string) =>
    answers(200, {
      MetricDataResults: [{ Id, Timestamps: [minute(at)], Values: [value] }],
      ...(NextToken === undefined ? {} : { NextToken }),
    });

  test('returns the values of each query, through all pages', async () => {
    aws.behaves(page('m1', '12:00', 3, 'more'), page('m1', '11:59', 4));
    const read = makeCloudWatchSource({ region: 'ap-southeast-2' });

    const [first, second] = await read([query, { ...query, name: 'Failed' }], window);

    expect(first).toEqual(new Map());
    expect(second).toEqual(
      new Map([
        [minute('12:00'), 3],
        [minute('11:59'), 4],
      ]),
    );
    expect(aws.requests[1]?.input).toMatchObject({ NextToken: 'more' });
  });

  test('explains which policy is missing', async () => {
    aws.behaves(answers(403, { __type: 'AccessDeniedException', message: 'No.' }));
    const read = makeCloudWatchSource({ region: 'ap-southeast-2' });

    await expect(read([query], window)).rejects.toThrow(MetricsDeniedError);
  });
});
