import { expect, test } from '@jest/globals';
import {
  bottlenecks,
  type Costs,
  costPerMillion,
  needAt,
  type StageLimits,
} from '../../../bench/docs/capacity.ts';

/** Round numbers, so that what follows from them can be worked out in the head. */
const costs: Costs = {
  verifierMs: 0,
  perProcessor: 500,
  processorCpuMicros: 200,
  postgresCpuMicros: 100,
  walKilobytes: 4,
  logBytes: 1_000,
};
const limits: StageLimits = {
  requestsPerSecond: 200,
  maxConcurrency: 10,
  batchSize: 10,
  maxAcus: 8,
};

test('what a rate needs grows with the rate', () => {
  expect(needAt(1_000, costs)).toEqual({
    eventsPerSecond: 1_000,
    // 10 ms each, which is what SQS takes.
    verifiers: 10,
    processors: 2,
    postgresCores: 0.1,
    walMegabytesPerSecond: 4,
    busInvocationsPerSecond: 1_000 / 3,
  });
  expect(needAt(10_000, costs)).toMatchObject({ verifiers: 100, processors: 20, postgresCores: 1 });
});

test('what gives way first is named first, and the setting that moves it moves it', () => {
  const first = ({ ...changed }: Partial<StageLimits> = {}) =>
    bottlenecks(costs, { ...limits, ...changed })[0];

  expect(first()).toMatchObject({
    holdsUpTo: 200,
    movedBy: expect.stringContaining('api.requestsPerSecond'),
  });
  expect(first({ requestsPerSecond: 300 })).toMatchObject({ holdsUpTo: 300 });
  expect(first({ requestsPerSecond: 9_000 })).toMatchObject({
    holdsUpTo: 5_000,
    movedBy: expect.stringContaining('processor.maxConcurrency'),
  });
  expect(first({ requestsPerSecond: 50_000, maxConcurrency: 1_000, maxAcus: 1 })).toMatchObject({
    holdsUpTo: 2_500,
    movedBy: expect.stringContaining('aurora.maxCapacity'),
  });
});

test('a million events cost what their requests, their time and their log cost', () => {
  const dollars = Object.fromEntries(
    costPerMillion(costs, limits).map(({ what, dollars }) => [what, dollars]),
  );

  expect(dollars['API Gateway']).toBe(1);
  // One to send, and a tenth each to receive and to delete.
  expect(dollars['SQS']).toBeCloseTo(0.4 * 1.2);
  // 2 ms of half a gigabyte for each, and a tenth of a request.
  expect(dollars['processors']).toBeCloseTo(0.02 + 1_000_000 * 0.002 * 0.5 * 0.000_013_333_4);
  expect(dollars['CloudWatch Logs']).toBeCloseTo(0.5);
});
