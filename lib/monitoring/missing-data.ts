import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmDefinition } from './alarm-group.ts';

type MissingData = Pick<AlarmDefinition, 'treatMissingData' | 'missingDataReason'>;

/**
 * Treats missing data as healthy: there was nothing to measure, or another alarm covers the cause.
 */
export const healthyWithoutData = (missingDataReason: string): MissingData => ({
  treatMissingData: TreatMissingData.NOT_BREACHING,
  missingDataReason,
});

/** Treats missing data as a failure: the function that should send the metric does not run. */
export const failingWithoutData = (missingDataReason: string): MissingData => ({
  treatMissingData: TreatMissingData.BREACHING,
  missingDataReason,
});

export const emptyQueue = healthyWithoutData(
  'the queue is empty, and SQS sends no metrics for an empty queue.',
);

export const noTraffic = healthyWithoutData(
  'nothing was delivered; the missing-traffic alarm decides whether that is a failure.',
);

export const reportBacklogNotRunning = healthyWithoutData(
  'the job report-backlog does not run, which has an alarm of its own.',
);
