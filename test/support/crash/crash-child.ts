import { writeSync } from 'node:fs';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { makeMuxApplication } from '../../../lambdas/providers/mux/apply.ts';
import { makeProcessorStore } from '../../../lambdas/webhooks/process/processor-store.ts';
import { textOf } from '../postgres/statement-text.ts';
import { aMuxArrival } from './crash-child-events.ts';

/** Applies one event, and at a point on the way sends itself a signal: SIGKILL ends it there, SIGSTOP freezes it. */
export interface CrashOrder {
  readonly url: string;
  readonly way: 'together' | 'alone';
  readonly point: Point;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  readonly event: Parameters<typeof aMuxArrival>[0];
}
export type Point =
  | 'before the claim'
  | 'after the claim'
  | 'amid the effects'
  | 'before COMMIT'
  | 'after COMMIT';

const order = JSON.parse(process.argv[2] ?? '') as CrashOrder;
const pool = openDatabase({ url: order.url, connections: 1, applicationName: 'crash-child' });
pool.on('connect', interrupt);

const store = makeProcessorStore({
  provider: 'mux',
  pool: async () => pool,
  application: makeMuxApplication(async (id) => ({
    url: `https://stream.mux.com/${id}.m3u8`,
    expiresAt: null,
  })),
  now: () => new Date(),
});
const arrival = aMuxArrival(order.event);
const applying =
  order.way === 'together' ? store.applyTogether([arrival]) : store.applyAlone(arrival);
const outcome = await applying.then(
  ({ outcomes }) => outcomes.get(arrival.eventId),
  () => 'failed',
);
writeSync(1, `@outcome ${outcome}\n`);
await pool.end();

/** Counts on it that all statements of an event go through one client, one after the other. */
function interrupt(client: pg.PoolClient): void {
  const send = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const sent: Promise<unknown>[] = [];
  let withheld = false;

  const intercept = (...args: unknown[]): Promise<unknown> => {
    const point = pointOf(textOf(args[0]));
    if (withheld) return new Promise(() => {});
    if (point === 'claim' && order.point === 'before the claim') signalled();
    if (point === 'commit' && order.point === 'before COMMIT')
      return Promise.all(sent).then(signalled);
    const answer = send(...args);
    sent.push(answer);
    if (point === 'claim' && order.point === 'after the claim') return answer.then(signalledAfter);
    if (point === 'commit' && order.point === 'after COMMIT') return answer.then(signalledAfter);
    if (point === 'effect' && order.point === 'amid the effects') {
      withheld = true;
      return answer.then(signalledAfter);
    }
    return answer;
  };
  client.query = intercept as typeof client.query;
}

function pointOf(statement: string): 'claim' | 'effect' | 'commit' | 'other' {
  if (statement === 'commit') return 'commit';
  if (statement.includes('insert into portal.idempotency_records')) return 'claim';
  return statement.includes('update portal.assets as asset') ? 'effect' : 'other';
}

function signalled(): void {
  writeSync(1, '@reached\n');
  process.kill(process.pid, order.signal);
}

function signalledAfter<Answer>(answer: Answer): Answer {
  signalled();
  return answer;
}
