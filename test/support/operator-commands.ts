import { makeRunCommand } from '../../cli/ops/operations-client.ts';
import type { LocalInstance } from '../../local/local-instance.ts';
import { addAsset } from '../../local/postgres/sample-portal.ts';
import type { MuxEvent } from '../../local/sandbox/mux-events.ts';
import { eventOf } from './local.ts';

export const runCommandOf = ({ url }: LocalInstance) =>
  makeRunCommand({ url, region: 'ap-southeast-2', isLocal: true });

/** Runs an operator command, also an unknown one. */
export const operateOn = (local: LocalInstance, command: string, given: object = {}) =>
  runCommandOf(local)({ command, arguments: given } as never);

/** Creates an asset, and the event that makes it ready. */
export async function createReadyEvent({ pool }: LocalInstance): Promise<MuxEvent> {
  return eventOf(await addAsset(pool, { status: 'processing' }), 'video.asset.ready');
}

export async function auditedActions({ pool }: LocalInstance, command: string) {
  const { rows } = await pool.query(
    'select operator, reason, arguments, result from portal.operator_actions where command = $1',
    [command],
  );
  return rows;
}
