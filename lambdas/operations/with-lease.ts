import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { findLease, type Lease, releaseLease, takeLease } from './command-leases.queries.ts';
import { CommandRejectedError } from './commands/command-handlers.ts';

export interface LeaseDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

/** Excludes a rotation and a repair from each other: both create and delete webhooks. */
export const webhooksLease = (provider: string): string => `change of the webhooks of ${provider}`;

// Longer than a run can take: the function ends after 29 s.
const LEASE_MS = 35_000;

/**
 * Runs work that only one operator at a time may do. Without Postgres it runs without a lease: a
 * leaked secret must be rotated even then, and each step can be repeated.
 *
 * @throws CommandRejectedError if another run is in progress; it names the operator.
 */
export async function withLease<Result>(
  name: string,
  operator: string,
  work: () => Promise<Result>,
  deps: LeaseDeps,
): Promise<Result> {
  const takenAt = deps.now();
  const expiresAt = new Date(takenAt.getTime() + LEASE_MS);
  const lease: Lease = { name, holder: operator, token: randomUUID(), takenAt, expiresAt };
  const isTaken = await take(lease, deps);
  try {
    return await work();
  } finally {
    if (isTaken) await release(lease, deps);
  }
}

/** @returns false if Postgres is unavailable. */
async function take(lease: Lease, { pool }: LeaseDeps): Promise<boolean> {
  const { name } = lease;
  let other: Pick<Lease, 'holder' | 'expiresAt'> | undefined;
  try {
    if (await takeLease(await pool(), lease)) return true;
    other = await findLease(await pool(), name);
  } catch (error) {
    log.warn('Failed to take command lease; running without', { lease: name, error });
    return false;
  }
  throw new CommandRejectedError(
    'conflict',
    `'${name}' is in progress${other ? `, started by ${other.holder}` : ''}. Nothing was ` +
      `changed. Run the command again ${other ? `after ${other.expiresAt.toISOString()}` : 'now'}.`,
  );
}

async function release(lease: Lease, { pool }: LeaseDeps): Promise<void> {
  try {
    await releaseLease(await pool(), lease);
  } catch (error) {
    log.warn('Failed to release command lease; it expires', { lease: lease.name, error });
  }
}
