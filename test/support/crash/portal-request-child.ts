import { writeSync } from 'node:fs';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { anUploadCommand, aShareLinkCommand } from '../portal-requests.ts';
import { textOf } from '../postgres/statement-text.ts';

/** One command in a process of its own, which stops at a point on the way until it is killed, or told to go on. */
export interface CommandOrder {
  readonly url: string;
  readonly command: 'create-share-link' | 'create-upload';
  readonly point: CommandPoint;
  readonly key: string;
  readonly body: object;
  readonly muxUrl?: string;
}
export type CommandPoint = 'before COMMIT' | 'after COMMIT' | 'after Mux' | 'after the row';

type Ask = (...args: unknown[]) => Promise<unknown>;

const order = JSON.parse(process.argv[2] ?? '') as CommandOrder;
const pool = openDatabase({ url: order.url, connections: 1, applicationName: 'command-child' });
pool.on('connect', (client: pg.PoolClient) => {
  const send = client.query.bind(client) as Ask;
  client.query = (async (...args: unknown[]) => {
    const isCommit = textOf(args[0]) === 'commit';
    if (isCommit && order.point === 'before COMMIT') await reached();
    const answer = await send(...args);
    if (isCommit && order.point === 'after COMMIT') await reached();
    return answer;
  }) as typeof client.query;
});
// The pool hands its clients a callback: who awaits their answer waits for nothing. So it is held up here.
const ask = pool.query.bind(pool) as Ask;
pool.query = (async (...args: unknown[]) => {
  const answer = await ask(...args);
  if (textOf(args[0]).includes('insert into portal.assets') && order.point === 'after the row')
    await reached();
  return answer;
}) as typeof pool.query;

const { muxUrl = '', key, body } = order;
const send =
  order.command === 'create-share-link'
    ? aShareLinkCommand(pool)
    : anUploadCommand(pool, {
        muxUrl,
        around: (create) => async (upload) => {
          const made = await create(upload);
          if (order.point === 'after Mux') await reached();
          return made;
        },
      });
const { status, text } = await send({ key, body });
writeSync(1, `@answer ${status} ${text}\n`);
process.stdin.destroy();
await pool.end();

async function reached(): Promise<void> {
  writeSync(1, '@reached\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
}
