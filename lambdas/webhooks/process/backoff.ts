import { MAX_RECEIVES } from '../../catalog/retry-limits.ts';

// Three receives span about 2.5 minutes: long enough for a failover, short enough for a waiting
// member.
const FIRST_SECONDS = 30;
const GROWTH = 4;

/**
 * Returns how many seconds a failed message stays invisible. The delay grows with each receive and
 * is random, so that messages that failed together do not return together. After the last receive
 * it is 1 s: SQS moves the message to the dead-letter queue at the next receive.
 * @param random A number from 0 to 1, exclusive.
 */
export function backoffSeconds(receives: number, random: number): number {
  if (receives >= MAX_RECEIVES) return 1;
  const longest = FIRST_SECONDS * GROWTH ** (Math.max(1, receives) - 1);
  return Math.ceil(longest / 2 + (longest / 2) * random);
}
