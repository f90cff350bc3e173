import { expect, test } from '@jest/globals';
import { makeReadUse } from '../../../lambdas/signing-secrets/version-usage.ts';
import { answers, useAwsService } from '../../support/aws-service.ts';

const service = useAwsService();
const now = new Date('2026-03-10T10:07:30Z');
const seconds = (iso: string) => Date.parse(iso) / 1_000;
const result = (Id: string, values: Readonly<Record<string, number>>, StatusCode = 'Complete') => ({
  ...{
    Id,
    StatusCode,
    Timestamps: Object.keys(values).map(seconds),
    Values: Object.values(values),
  },
});

test('of a period that was used, the current secret counts from its beginning and the previous from its end', async () => {
  service.behaves(
    answers(200, {
      MetricDataResults: [
        // In no order that CloudWatch promises between metrics.
        result('m1', {
          '2026-03-10T10:05:00Z': 0,
          '2026-03-10T09:00:00Z': 2,
          '2026-03-09T09:00:00Z': 7,
        }),
        result('m0', { '2026-03-10T10:05:00Z': 3, '2026-03-10T09:00:00Z': 0 }),
      ],
    }),
  );

  await expect(makeReadUse('Of/dev')('mux', now)).resolves.toEqual({
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
        ...{ Period: 300, Stat: 'Sum' },
      },
    })),
  });
});

test('what was not used lately has no time', async () => {
  service.behaves(
    answers(200, {
      MetricDataResults: [result('m0', {}), result('m1', { '2026-03-10T09:00:00Z': 0 })],
    }),
  );
  await expect(makeReadUse('Of/dev')('mux', now)).resolves.toEqual({
    current: undefined,
    previous: undefined,
  });
});

test.each([
  ['is only a part', [result('m0', {}), result('m1', {}, 'PartialData')]],
  ['leaves one out', [result('m0', {})]],
])('an answer that %s is none: it would look like silence', async (_, MetricDataResults) => {
  service.behaves(answers(200, { MetricDataResults }));
  await expect(makeReadUse('Of/dev')('mux', now)).rejects.toThrow(
    'CloudWatch did not return all data of SecretPrevious',
  );
});
