import { MAX_RECEIVES } from '../../catalog/retry-limits.ts';

// Three receives are some two and a half minutes: long enough for a failover, short enough for a member who waits.
const FIRST_SECONDS = 30;
const GROWTH = 4;

/**
 * How long a message that failed stays invisible, in seconds: longer after each receive, and never the same for all
 * that failed together. After the last receive it is next to nothing: SQS moves it the next time it is asked for.
 * @param random From 0 up to 1.
 */
export function backoffSeconds(receives: number, random: number): number {
  if (receives >= MAX_RECEIVES) return 1;
  const longest = FIRST_SECONDS * GROWTH ** (Math.max(1, receives) - 1);
  return Math.ceil(longest / 2 + (longest / 2) * random);
}
