export const ways = [
  'raw',
  'ours mux',
  'mux-node',
  'ours resend',
  'resend',
  'standardwebhooks',
] as const;

export type Way = (typeof ways)[number];

/** Answered with the CPU of one verification, in microseconds. */
export interface VerificationTask {
  readonly way: Way;
  readonly bytes: number;
  readonly milliseconds: number;
}

export const SIZES = [1_800, 16_000] as const;
