import { type Finding, ok, problem } from '../finding.ts';

/** One subscription of the on-call topic. */
export interface Subscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly isConfirmed: boolean;
}

/** Checks that each subscriber of the on-call topic has confirmed. */
export function checkSubscriptions(subscriptions: readonly Subscription[]): readonly Finding[] {
  const check = 'on-call';
  if (subscriptions.length === 0)
    return [
      problem(
        check,
        'Nobody is subscribed: alarms notify nobody.',
        'Set onCall in cdk.json, deploy',
      ),
    ];
  return subscriptions.map(({ protocol, endpoint, isConfirmed }) => {
    // The URL of a pager contains its key.
    const name = protocol === 'email' ? endpoint : `${protocol} ${new URL(endpoint).host}`;
    return isConfirmed
      ? ok(check, `${name} has confirmed.`)
      : problem(
          check,
          `${name} has not confirmed the subscription.`,
          'Open the link in the message "AWS Notification - Subscription Confirmation"',
        );
  });
}

export interface ScheduleState {
  readonly name: string;
  readonly isEnabled: boolean;
}

/** Checks that the schedule of each job exists and is enabled. */
export function checkSchedules(
  schedules: readonly ScheduleState[],
  expected: number,
  stage: string,
): Finding {
  const disabled = schedules.filter(({ isEnabled }) => !isEnabled).map(({ name }) => name);
  const fix = `npx cdk deploy --all --context stage=${stage} --revert-drift`;
  if (disabled.length > 0) return problem('schedules', `Disabled: ${disabled.join(', ')}.`, fix);
  return schedules.length === expected
    ? ok('schedules', `All ${expected} are enabled.`)
    : problem('schedules', `There are ${schedules.length} instead of ${expected}.`, fix);
}

/** Checks that the playback signing key still exists at Mux. */
export function checkMuxSigningKey(keyId: string, exists: boolean): Finding {
  const check = 'Mux signing key';
  return exists
    ? ok(check, `Mux knows the key ${keyId}.`)
    : problem(
        check,
        `Mux does not know the key ${keyId}: playback URLs would not play.`,
        'Create one at https://dashboard.mux.com/settings/signing-keys and store it (docs/deploy.md, step 5)',
      );
}
