import { expect, test } from '@jest/globals';
import { addAsset, addMember } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { eventOf, useLocal, waitForEmptyQueues } from '../support/local.ts';

const RATE = 5;
/** 300 mails take a minute: `MAILS=300 npm run jest -- test/flow/mail-rate.test.ts`. */
const MAILS = Number(process.env['MAILS'] ?? 60);
/** 300 mails within 75 s. Cold starts are not included. */
const SLOWEST_MS = (MAILS / RATE) * 1_000 * 1.25;

const lines: string[] = [];
const local = useLocal({ onLine: (_name, line) => void lines.push(line) });

test(
  `sends ${MAILS} mails at once through a Resend that accepts ${RATE} requests per second`,
  async () => {
    const { mux, pool, resend } = local();
    resend.setRateLimit(RATE);
    const owner = await addMember(pool, { name: 'Ada', email: 'delivered+ada@resend.dev' });
    const assets = [];
    for (let index = 0; index < MAILS; index += 1)
      assets.push(await addAsset(pool, { owner, status: 'processing' }));

    const startedAt = Date.now();
    const responses = await Promise.all(
      assets.map((asset) => mux.deliver(eventOf(asset, 'video.asset.ready'))),
    );
    expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    const sent = await eventually(
      async () => resend.mails().length,
      (count) => count >= MAILS,
      SLOWEST_MS * 4,
    );
    const elapsedMs = Date.now() - startedAt;

    expect(await waitForEmptyQueues(local())).toEqual([]);
    // A function's answer can come before its lines.
    const results = await eventually(
      () => lines.flatMap(readResult),
      (some) => some.filter(({ outcome }) => outcome === 'sent').length >= MAILS,
    );
    const outcomes = Object.groupBy(results, ({ outcome }) => outcome);
    const times = resend.mails().map(({ at }) => at.getTime());
    const sendingMs = Math.max(...times) - Math.min(...times);
    if (process.env['MAILS'])
      console.log({ elapsedMs, sendingMs, limited: outcomes['rate-limited']?.length ?? 0 });
    expect(sent).toBe(MAILS);
    expect(new Set(resend.mails().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(MAILS);
    expect(outcomes['sent']).toHaveLength(MAILS);
    expect(new Set(results.map(({ receives }) => receives))).toEqual(new Set([1]));
    // A busy machine is slower, so only a run by hand compares the time.
    if (process.env['MAILS']) expect(sendingMs).toBeLessThan(SLOWEST_MS);
  },
  SLOWEST_MS * 6,
);

interface MailResult {
  readonly outcome: string;
  readonly receives: number;
}

function readResult(line: string): readonly MailResult[] {
  if (!line.includes('Mail processed')) return [];
  return [JSON.parse(line) as MailResult];
}
