import type { Accept } from '../receiving.ts';
import { applyOnce, openPool } from './apply-once.ts';
import { obviousReceiver } from './obvious-receiver.ts';

/** No queue: the answer comes after the commit. */
export async function openReceiver(): Promise<Accept> {
  const pool = openPool();
  return obviousReceiver((job) => applyOnce(pool, job));
}
