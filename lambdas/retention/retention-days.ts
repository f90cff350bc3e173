import * as z from 'zod';
import { defaultRetentionDays } from '../catalog/privacy/retention-days.ts';

const days = z.int().positive();

const retentionDays = z.object({
  webhookBodies: days,
  webhookEvents: days,
  outbox: days,
  jobRuns: days,
  notifications: days.default(defaultRetentionDays.notifications),
  mailIncidents: days.default(defaultRetentionDays.mailIncidents),
  closedRecords: days.default(defaultRetentionDays.closedRecords),
  operatorActions: days.default(defaultRetentionDays.operatorActions),
});

export type RetentionDays = Readonly<z.output<typeof retentionDays>>;
/** Retention with the settings that may be missing. */
export type GivenRetentionDays = Readonly<z.input<typeof retentionDays>>;

/** Parses the setting RETENTION_DAYS. */
export const parseRetentionDays = (text: string): RetentionDays =>
  retentionDays.parse(JSON.parse(text));

export const withDefaults = (days: GivenRetentionDays): RetentionDays => retentionDays.parse(days);
