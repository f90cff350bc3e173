import { setTimeout } from 'node:timers/promises';
import { openPool } from '../database.ts';
import { percentile } from '../report.ts';

const WRITE = `
  update portal.share_links set label = 'Changed'
  where id = md5('link ' || floor($1::float8 * $2::integer))::uuid`;

const [url = '', links] = process.argv.slice(2);
const pool = openPool(url, 1);
const times: number[] = [];
let isStopped = false;

process.once('message', () => {
  isStopped = true;
});
await pool.query('select 1');
process.send?.('started');
// Writes a random link every 2 ms until a message arrives, and answers with the p99 in ms.
while (!isStopped) {
  const startedAt = performance.now();
  await pool.query({ name: 'probe', text: WRITE, values: [Math.random(), links] });
  times.push(performance.now() - startedAt);
  await setTimeout(2);
}
process.send?.(percentile(times, 0.99));
