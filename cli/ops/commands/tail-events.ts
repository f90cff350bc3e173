import * as z from 'zod';
import { operatorCommands } from '../../../lambdas/catalog/operator-commands.ts';
import type { EventLine } from '../../../lambdas/operations/event-story/event-line.ts';
import { defineCommand } from '../../command-line/command.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import type { OutputFormat } from '../../output/print-result.ts';
import type { FlatRecord } from '../../output/records.ts';
import { makeRowPrinter } from '../../output/row-printer.ts';
import { wholeNumber } from '../../whole-number.ts';
import { newRows } from '../new-event-rows.ts';
import type { OpsContext } from '../ops-context.ts';
import { intervalOf, makeRetryReport, pause, type RetryReport } from '../poll.ts';

const { provider, type, code, status, asset, to } = operatorCommands['events list'].arguments.shape;

/** Newest events that each request reads. More new ones are read page by page. */
const PAGE = 100;

export const tailEvents = defineCommand({
  name: 'events tail',
  summary: 'Print events as they arrive and as their status changes, until Ctrl-C',
  arguments: z.strictObject({
    provider,
    type,
    code,
    asset,
    to,
    status,
    last: wholeNumber('events', 0, PAGE)
      .default(10)
      .describe('Number of past events to print first'),
  }),
  async run({ last, ...filter }, context: OpsContext) {
    const { terminal, target, format } = context;
    const signal = terminal.interruption();
    const printRow = makeRowPrinter(format, terminal);
    const intervalMs = intervalOf(await target());
    let known = await readNewest(filter, new Map(), context);
    for (const row of last === 0 ? [] : known.fresh.slice(-last)) printRow(shown(row, format));
    if (format === 'table') terminal.err('Waiting for events; Ctrl-C ends the command.');
    const report = makeRetryReport(terminal.err);
    while (!signal.aborted) {
      await pause(intervalMs, signal);
      if (signal.aborted) break;
      known = await readAgain(filter, known.seen, { runCommand: context.runCommand, report });
      for (const row of known.fresh) printRow(shown(row, format));
    }
    return exitCodes.done;
  },
});

/** Selects what fits on one line for people; the other formats hold every field. */
const shown = (row: EventLine, format: OutputFormat): FlatRecord =>
  format === 'table'
    ? {
        receivedAt: row.receivedAt,
        provider: row.provider,
        type: row.type,
        status: row.status,
        event: row.event,
        error: row.error,
      }
    : { ...row };

type Seen = ReadonlyMap<string, EventLine>;

interface Known {
  /** Rows to print, oldest first. */
  readonly fresh: readonly EventLine[];
  readonly seen: Seen;
}

/** Keeps the command running while the target is briefly unavailable. */
async function readAgain(
  filter: object,
  seen: Seen,
  { runCommand, report }: Pick<OpsContext, 'runCommand'> & { readonly report: RetryReport },
): Promise<Known> {
  try {
    const known = await readNewest(filter, seen, { runCommand });
    report.succeeded();
    return known;
  } catch (error) {
    report.failed(error);
    return { fresh: [], seen };
  }
}

/** Reads pages until one has an event that is known, and returns the new rows, oldest first. */
async function readNewest(
  filter: object,
  seen: Seen,
  { runCommand }: Pick<OpsContext, 'runCommand'>,
): Promise<Known> {
  const rows: EventLine[] = [];
  let cursor: unknown;
  do {
    const page = await runCommand({
      command: 'events list',
      arguments: { ...filter, limit: PAGE, ...(cursor ? { cursor } : {}) },
    });
    const events = page['events'] as readonly EventLine[];
    rows.push(...events);
    const reachesKnown = seen.size === 0 || events.some(({ id }) => seen.has(id));
    cursor = reachesKnown ? undefined : page['cursor'];
  } while (cursor !== undefined);
  return newRows(rows, seen);
}
