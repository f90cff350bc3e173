import { z } from 'zod';

export const databaseSettings = {
  /**
   * `external` is any Postgres on the internet. For `aurora` the data stack creates it in a VPC.
   */
  database: z.enum(['external', 'aurora']),
  /**
   * Settings of `aurora`. Capacity is in ACUs of 2 GiB each. The minimum cannot be 0, because a job
   * that runs each minute would keep the cluster from pausing.
   */
  aurora: z
    .strictObject({
      minCapacity: z.number().min(0.5).max(256).multipleOf(0.5),
      maxCapacity: z.number().min(1).max(256).multipleOf(0.5),
      backupDays: z.int().min(1).max(35),
    })
    .refine(({ minCapacity, maxCapacity }) => minCapacity <= maxCapacity, {
      path: ['maxCapacity'],
      error: 'expected at least minCapacity',
    }),
  /** Secret of an external database. @default motion-mavericks/<stage>/database */
  databaseSecretName: z
    .string()
    .regex(/^[\w/+=.@-]{1,512}$/, 'expected letters, digits and /_+=.@-')
    .optional(),
};
