import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Call } from './operations-client.ts';
import type { Options } from './options.ts';

/** Page after page until nothing is left, no faster than the rate, saying how far it has come. */
export async function replayAll(
  call: Call,
  { request, rate }: Options,
  say: (line: string) => void,
): Promise<Answer> {
  const counted = await call({
    ...request,
    arguments: { ...request.arguments, dryRun: true, limit: 1 },
  });
  const matching = Number(counted['matching'] ?? 0);
  if (request.arguments['dryRun'] === true) return { matching, replayed: 0 };
  const limit = Math.min(rate, 100);
  let replayed = 0;
  let cursor: unknown;
  do {
    const page = await call({
      ...request,
      arguments: { ...request.arguments, limit, ...(cursor ? { cursor } : {}) },
    });
    replayed += Number(page['replayed'] ?? 0);
    cursor = page['cursor'];
    if (matching > limit) say(`${replayed} of ${matching} replayed`);
    if (cursor !== undefined) await sleep((limit / rate) * 1_000);
  } while (cursor !== undefined);
  return { matching, replayed };
}
