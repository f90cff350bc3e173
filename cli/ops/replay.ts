import { setTimeout } from 'node:timers/promises';
import type { OperationResult, RunCommand } from './operations-client.ts';
import type { OpsOptions } from './options.ts';

const MAX_PAGE = 100;

/**
 * Replays every matching event, page by page, at the given rate. Reports the progress after each
 * page.
 */
export async function replayAll(
  runCommand: RunCommand,
  { request, rate }: OpsOptions,
  report: (line: string) => void,
): Promise<OperationResult> {
  const runWith = (changes: object) =>
    runCommand({ ...request, arguments: { ...request.arguments, ...changes } });
  const matching = Number((await runWith({ dryRun: true, limit: 1 }))['matching'] ?? 0);
  if (request.arguments['dryRun'] === true) return { matching, replayed: 0 };
  const limit = Math.min(rate, MAX_PAGE);
  let replayed = 0;
  const withoutBody: unknown[] = [];
  const sentLater: unknown[] = [];
  let cursor: unknown;
  do {
    const page = await runWith({ limit, ...(cursor ? { cursor } : {}) });
    replayed += Number(page['replayed'] ?? 0);
    withoutBody.push(...listIn(page, 'withoutBody'));
    sentLater.push(...listIn(page, 'sentLater'));
    cursor = page['cursor'];
    if (matching > limit) report(`${replayed} of ${matching} replayed`);
    if (cursor !== undefined) await setTimeout((limit / rate) * 1_000);
  } while (cursor !== undefined);
  return {
    matching,
    replayed,
    ...(withoutBody.length > 0 && { withoutBody }),
    ...(sentLater.length > 0 && { sentLater }),
  };
}

const listIn = (page: OperationResult, name: string): readonly unknown[] => {
  const value = page[name];
  return Array.isArray(value) ? value : [];
};
