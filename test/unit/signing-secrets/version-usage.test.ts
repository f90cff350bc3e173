import { expect, test } from '@jest/globals';
import { makeReadUsage } from '../../../lambdas/signing-secrets/version-usage.ts';
import { answers, useAwsService } from '../../support/aws/aws-service.ts';

const service = useAwsService();
const now = new Date('2026-03-10T10:07:30Z');
const seconds = (iso: string) => Date.parse(iso) / 1_000;
const result = (Id: string, values: Readonly<Record<string, number>>, StatusCode = 'Complete') => ({
  Id,
  StatusCode,
  Timestamps: Object.keys(values).map(seconds),
  Values: Object.values(values),
});

test('rounds the use of the current version down and of the previous version up', async () => {
  service.behaves(
    answers(200, {
      // Out of order: CloudWatch promises no order of the metrics.
      MetricDataResults: [
        result('m1', {
          '2026-03-10T10:05:00Z': 0,
          '2026-03-10T09:00:00Z': 2,
          '2026-03-09T09:00:00Z': 7,
        }),
        result('m0', { '2026-03-10T10:05:00Z': 3, '2026-03-10T09:00:00Z': 0 }),
      ],
    }),
  );

  await expect(makeReadUsage('Of/dev')('mux', now)).resolves.toEqual({
    current: new Date('2026-03-10T10:05:00Z'),
    previous: new Date('2026-03-10T09:05:00Z'),
  });
  expect(service.requests[0]?.headers).toMatchObject({
    'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
    'content-type': 'application/x-amz-json-1.0',
    authorization: expect.stringContaining('/monitoring/aws4_request'),
  });
  expect(service.requests[0]?.input).toEqual({
    StartTime: seconds('2026-02-24T10:05:00Z'),
    EndTime: seconds('2026-03-10T10:07:30Z'),
    MetricDataQueries: ['SecretCurrent', 'SecretPrevious'].map((MetricName, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: {
          Namespace: 'Of/dev',
          MetricName,
          Dimensions: [{ Name: 'provider', Value: 'mux' }],
        },
        Period: 300,
        Stat: 'Sum',
      },
    })),
  });
});

test('returns no time for a version without a recent use', async () => {
  service.behaves(
    answers(200, {
      MetricDataResults: [result('m0', {}), result('m1', { '2026-03-10T09:00:00Z': 0 })],
    }),
  );
  await expect(makeReadUsage('Of/dev')('mux', now)).resolves.toEqual({
    current: undefined,
    previous: undefined,
  });
});

test.each([
  ['is partial', [result('m0', {}), result('m1', {}, 'PartialData')]],
  ['lacks one metric', [result('m0', {})]],
])(
  'rejects a response that %s, because missing data looks like no use',
  async (_, MetricDataResults) => {
    service.behaves(answers(200, { MetricDataResults }));
    await expect(makeReadUsage('Of/dev')('mux', now)).rejects.toThrow(
      'CloudWatch did not return all data of SecretPrevious',
    );
  },
);
