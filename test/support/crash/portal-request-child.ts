import { writeSync } from 'node:fs';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { makeSendShareLink, makeSendUpload } from '../portal-api/portal-requests.ts';
import { textOf } from '../postgres/statement-text.ts';

/** Sends one request in a child process, which stops at a point until it is killed or continued. */
export interface PortalRequestOrder {
  readonly url: string;
  readonly operation: 'create-share-link' | 'create-upload';
  readonly point: StopPoint;
  readonly key: string;
  readonly body: object;
  readonly muxUrl?: string;
}
export type StopPoint = 'before COMMIT' | 'after COMMIT' | 'after Mux' | 'after the row';

type Query = (...args: unknown[]) => Promise<unknown>;

const order = JSON.parse(process.argv[2] ?? '') as PortalRequestOrder;
const pool = openDatabase({ url: order.url, connections: 1, applicationName: 'portal-child' });
pool.on('connect', (client: pg.PoolClient) => {
  const query = client.query.bind(client) as Query;
  client.query = (async (...args: unknown[]) => {
    const isCommit = textOf(args[0]) === 'commit';
    if (isCommit && order.point === 'before COMMIT') await stop();
    const result = await query(...args);
    if (isCommit && order.point === 'after COMMIT') await stop();
    return result;
  }) as typeof client.query;
});
// The pool passes a callback to its clients, so their promise resolves to nothing. Statements that
// the pool sends itself are therefore stopped here.
const queryPool = pool.query.bind(pool) as Query;
pool.query = (async (...args: unknown[]) => {
  const result = await queryPool(...args);
  if (textOf(args[0]).includes('insert into portal.assets') && order.point === 'after the row')
    await stop();
  return result;
}) as typeof pool.query;

const { muxUrl = '', key, body } = order;
const send =
  order.operation === 'create-share-link'
    ? makeSendShareLink(pool)
    : makeSendUpload(pool, {
        muxUrl,
        around: (create) => async (upload) => {
          const created = await create(upload);
          if (order.point === 'after Mux') await stop();
          return created;
        },
      });
const { status, text } = await send({ key, body });
writeSync(1, `@answer ${status} ${text}\n`);
process.stdin.destroy();
await pool.end();

async function stop(): Promise<void> {
  writeSync(1, '@reached\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
}
