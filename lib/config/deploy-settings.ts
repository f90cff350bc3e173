import { z } from 'zod';

const oneOf = <const Values extends readonly [number, ...number[]]>(...values: Values) =>
  z.literal(values, { error: `expected one of ${values.join(', ')}` });

/** Storage of logs and archives, and safety of deploys. */
export const deploySettings = {
  /** CloudWatch Logs accepts only these values. */
  logRetentionDays: oneOf(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365),
  /**
   * Largest PutEvents call. EventBridge accepts 1 MiB for all entries of a call since January 2026,
   * and 256 KiB before.
   */
  eventBusCallBytes: z.int().min(262_144).max(1_048_576),
  archiveDays: z.int().min(1).max(3_650),
  /**
   * CloudTrail data events of the operations functions and of the evidence, and for how many days
   * their files are kept. CloudTrail charges 0.10 USD per 100,000 events.
   */
  auditTrail: z.strictObject({
    dataEvents: z.boolean('expected true or false'),
    days: z.int().min(90).max(3_650),
  }),
  terminationProtection: z.boolean(),
  /**
   * If true, a new verifier version first takes a tenth of the deliveries for five minutes, and the
   * deploy waits for that.
   */
  safeDeploys: z.boolean('expected true or false'),
};
