import { z } from 'zod';

const batchSettings = z.object({ batchSize: z.number(), batchWindowSeconds: z.number() });

/** Limits of requests and of concurrent work. */
export const capacitySettings = {
  api: z.strictObject({
    requestsPerSecond: z.int().min(1).max(10_000),
    burst: z.int().min(1).max(5_000),
  }),
  processor: z
    .strictObject({
      /** Each concurrent batch uses one Postgres connection. Lambda's limits are 2 and 1000. */
      maxConcurrency: z.int().min(2).max(1_000),
      batchSize: z.int().min(1).max(100),
      batchWindowSeconds: z.int().min(0).max(60),
    })
    .refine(({ batchSize, batchWindowSeconds }) => batchSize <= 10 || batchWindowSeconds >= 1, {
      path: ['batchWindowSeconds'],
      when: ({ value }) => batchSettings.safeParse(value).success,
      error: 'expected at least 1, because Lambda requires it for a batchSize above 10',
    }),
  mail: z.strictObject({
    /** Requests to Resend, until its responses report the limit of the team. */
    requestsPerSecond: z.int().min(1).max(1_000),
    /** Concurrent senders, which share the limit. Each one uses one Postgres connection. */
    maxConcurrency: z.int().min(2).max(1_000),
  }),
};
