import type { BusTarget } from '../../../local/aws/eventbridge/target-delivery.ts';

/** Makes a target of a rule with EventBridge's default retry policy. */
export const aTarget = (
  deliver: BusTarget['deliver'],
  changes: Partial<BusTarget> = {},
): BusTarget => ({
  ruleArn: 'arn:aws:events:local:0:rule/requested',
  targetArn: 'arn:aws:sqs:local:0:requests',
  maximumRetryAttempts: 185,
  maximumEventAgeSeconds: 86_400,
  deliver,
  ...changes,
});
