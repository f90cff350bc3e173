import { writeSync } from 'node:fs';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { textOf } from '../postgres/statement-text.ts';
import { makeMuxExactlyOnce } from '../processor.ts';
import { anIncomingMuxEvent } from './ready-events.ts';

/**
 * Applies one event and signals itself at the given point: SIGKILL ends the process, SIGSTOP
 * freezes it.
 */
export interface CrashOrder {
  readonly url: string;
  readonly way: 'in a batch' | 'alone';
  readonly point: Point;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  readonly event: Parameters<typeof anIncomingMuxEvent>[0];
}
export type Point =
  | 'before the claim'
  | 'after the claim'
  | 'amid the effects'
  | 'before COMMIT'
  | 'after COMMIT';

const order = JSON.parse(process.argv[2] ?? '') as CrashOrder;
const pool = openDatabase({ url: order.url, connections: 1, applicationName: 'apply-event-child' });
pool.on('connect', intercept);

const exactlyOnce = makeMuxExactlyOnce(pool);
const incoming = anIncomingMuxEvent(order.event);
const applying =
  order.way === 'alone' ? exactlyOnce.applyOne(incoming) : exactlyOnce.applyBatch([incoming]);
const outcome = await applying.then(
  ({ outcomes }) => outcomes.get(incoming.eventId),
  () => 'failed',
);
writeSync(1, `@outcome ${outcome}\n`);
await pool.end();

/** Intercepts the statements of the only client, which sends them one after the other. */
function intercept(client: pg.PoolClient): void {
  const send = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const sent: Promise<unknown>[] = [];
  let withheld = false;

  const query = (...args: unknown[]): Promise<unknown> => {
    const kind = kindOf(textOf(args[0]));
    if (withheld) return new Promise(() => {});
    if (kind === 'claim' && order.point === 'before the claim') signalSelf();
    if (kind === 'commit' && order.point === 'before COMMIT')
      return Promise.all(sent).then(signalSelf);
    const answer = send(...args);
    sent.push(answer);
    if (kind === 'claim' && order.point === 'after the claim') return answer.then(signalAndReturn);
    if (kind === 'commit' && order.point === 'after COMMIT') return answer.then(signalAndReturn);
    if (kind === 'effect' && order.point === 'amid the effects') {
      withheld = true;
      return answer.then(signalAndReturn);
    }
    return answer;
  };
  client.query = query as typeof client.query;
}

function kindOf(statement: string): 'claim' | 'effect' | 'commit' | 'other' {
  if (statement === 'commit') return 'commit';
  if (statement.includes('insert into portal.idempotency_records')) return 'claim';
  return statement.includes('update portal.assets as asset') ? 'effect' : 'other';
}

function signalSelf(): void {
  writeSync(1, '@reached\n');
  process.kill(process.pid, order.signal);
}

function signalAndReturn<Answer>(answer: Answer): Answer {
  signalSelf();
  return answer;
}
