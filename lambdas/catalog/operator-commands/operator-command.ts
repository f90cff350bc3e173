import type * as z from 'zod';

/**
 * IAM policies of operators. Each command belongs to exactly one, so that IAM decides who may run
 * it; an identity can have several.
 */
export const operatorPolicies = {
  look: 'list and show; changes nothing and shows no stored body',
  operate: 'replay, close, redrive, retry, resend, lift, bind, run jobs and sign smoke events',
  secrets: 'rotate signing secrets',
  privacy: 'read stored personal data, such as the bodies of events',
} as const;

export type OperatorPolicy = keyof typeof operatorPolicies;

export const policyNames = Object.keys(operatorPolicies) as readonly OperatorPolicy[];

/** Name of the stack output with the ARN of a policy. */
export const policyOutput = (policy: OperatorPolicy): string =>
  `${policy.charAt(0).toUpperCase()}${policy.slice(1)}PolicyArn`;

export interface OperatorCommand {
  readonly summary: string;
  /** The policy whose identities may run the command. */
  readonly policy: OperatorPolicy;
  /** True if the command changes something. The audit log records it, except for a dry run. */
  readonly changes: boolean;
  /**
   * Set if the audit log records the command although it changes nothing: the fields of its result
   * that the log keeps.
   */
  readonly recordedFields?: readonly string[];
  readonly arguments: z.ZodType<Record<string, unknown>>;
}
