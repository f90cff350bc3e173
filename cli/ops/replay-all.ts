import { setTimeout } from 'node:timers/promises';
import type { TypedArguments } from '../command-line/command.ts';
import type { OperationResult, RunCommand } from './operations-client.ts';

const MAX_PAGE = 100;

export interface ReplayPace {
  /** Events per second. */
  readonly rate: number;
  /** Receives the progress after each page. */
  readonly report: (line: string) => void;
}

/** Replays matching events page by page, at most `limit` of them if it is among the arguments. */
export async function replayAll(
  runCommand: RunCommand,
  { limit, ...given }: TypedArguments,
  { rate, report }: ReplayPace,
): Promise<OperationResult> {
  const runWith = (changes: object) =>
    runCommand({ command: 'events replay', arguments: { ...given, ...changes } });
  const matching = Number((await runWith({ dryRun: true, limit: 1 }))['matching'] ?? 0);
  if (given['dryRun'] === true) return { matching, replayed: 0 };
  const most = Number(limit ?? matching);
  const events: unknown[] = [];
  const withoutBody: unknown[] = [];
  const sentLater: unknown[] = [];
  const taken = () => events.length + withoutBody.length + sentLater.length;
  let cursor: unknown;
  do {
    const size = Math.min(rate, MAX_PAGE, Math.max(1, most - taken()));
    const page = await runWith({ limit: size, ...(cursor ? { cursor } : {}) });
    events.push(...listIn(page, 'events'));
    withoutBody.push(...listIn(page, 'withoutBody'));
    sentLater.push(...listIn(page, 'sentLater'));
    cursor = taken() < most ? page['cursor'] : undefined;
    if (most > size) report(`${events.length} of ${Math.min(most, matching)} replayed`);
    if (cursor !== undefined) await setTimeout((size / rate) * 1_000);
  } while (cursor !== undefined);
  return {
    matching,
    replayed: events.length,
    events,
    ...(withoutBody.length > 0 && { withoutBody }),
    ...(sentLater.length > 0 && { sentLater }),
  };
}

const listIn = (page: OperationResult, name: string): readonly unknown[] => {
  const value = page[name];
  return Array.isArray(value) ? value : [];
};
