import * as z from 'zod';

const retentionDays = z.object({
  webhookBodies: z.int().positive(),
  webhookEvents: z.int().positive(),
  outbox: z.int().positive(),
  jobRuns: z.int().positive(),
});

export type RetentionDays = Readonly<z.infer<typeof retentionDays>>;

/** Parses the setting RETENTION_DAYS. */
export const parseRetentionDays = (text: string): RetentionDays =>
  retentionDays.parse(JSON.parse(text));
