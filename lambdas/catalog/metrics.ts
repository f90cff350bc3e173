import { backlogMetrics } from './metrics/backlog.ts';
import { jobMetrics } from './metrics/jobs.ts';
import { mailMetrics } from './metrics/mails.ts';
import { operationsMetrics } from './metrics/operations.ts';
import { portalApiMetrics } from './metrics/portal-api.ts';
import { reconciliationMetrics } from './metrics/reconciliation.ts';
import { webhookMetrics } from './metrics/webhooks.ts';

/**
 * Defines each metric of this system, in families. One emitted line holds one family with all of
 * its dimensions. The emitting code, the alarms, the dashboard and docs/metrics.md follow this
 * list. Every line holds the metrics in `always`, zeros included, so that both sides of a ratio
 * exist. A line holds a metric in `optional` only if its value is known.
 */
export const metricFamilies = {
  ...webhookMetrics,
  ...backlogMetrics,
  ...jobMetrics,
  ...mailMetrics,
  ...portalApiMetrics,
  ...operationsMetrics,
  ...reconciliationMetrics,
} as const;
