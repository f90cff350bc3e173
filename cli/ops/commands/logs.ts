import { join } from 'node:path';
import * as z from 'zod';
import { time } from '../../../lambdas/catalog/operator-commands/arguments.ts';
import { parseJsonObject } from '../../../lambdas/platform/json.ts';
import { shortenLine } from '../../../local/log-line.ts';
import { stateDirectory } from '../../../local/running-instance.ts';
import { UserError } from '../../../local/user-error.ts';
import { defineCommand } from '../../command-line/command.ts';
import { BadInputError } from '../../command-line/errors.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import { didYouMean } from '../../command-line/suggest.ts';
import { formatLocalTime } from '../../output/local-time.ts';
import { printable } from '../../output/printable.ts';
import { wholeNumber } from '../../whole-number.ts';
import { listLocalFunctions, makeLocalLogs } from '../logs/local-logs.ts';
import type { LogLine, LogSource } from '../logs/log-source.ts';
import { openStageLogs } from '../logs/stage-logs.ts';
import type { OpsContext } from '../ops-context.ts';
import { intervalOf, makeRetryReport, pause, type RetryReport } from '../poll.ts';
import { LOCAL_STAGE } from '../target.ts';

const HOUR_MS = 3_600_000;

export const logsCommand = defineCommand({
  name: 'logs',
  summary: 'Print the log of a function; without a name, list the functions',
  details:
    'On this machine the command reads the files of npm start, also while it is not running.\n' +
    'Of a stage it reads CloudWatch Logs with your own identity, which needs LookPolicyArn.\n' +
    'In a pipe, or with --json, it prints the lines unchanged.',
  arguments: z.strictObject({
    function: z
      .string()
      .min(1, 'expected the name of a function')
      .optional()
      .describe('Function, e.g. mux-processor'),
    since: time.optional().describe('Only lines at or after this time (default: 1 hour ago)'),
    lines: wholeNumber('lines', 1, 10_000).default(100).describe('Print the last n lines'),
    follow: z.boolean().default(false).describe('Print new lines until Ctrl-C'),
    level: z
      .enum(['INFO', 'WARN', 'ERROR'])
      .optional()
      .describe('Only lines of this level or above'),
  }),
  positionals: ['function'],
  suggestions: { function: () => listLocalFunctions(logDirectory()) },
  async run({ function: given, since, lines, follow, level }, context: OpsContext) {
    const source = await openLogs(context);
    if (given === undefined) {
      context.print({ functions: (await source.functions()).map((name) => ({ name })) });
      return exitCodes.done;
    }
    const name = await findFunction(given, source);
    const start =
      since === undefined ? new Date(context.terminal.now().getTime() - HOUR_MS) : new Date(since);
    const found = (await source.read(name, start)).filter((line) => isShown(line, level));
    printLines(found.slice(-lines), context);
    if (follow) await followLines(source, level, context);
    return exitCodes.done;
  },
});

async function openLogs({ targetOptions, target }: OpsContext): Promise<LogSource> {
  if (isLocalTarget({ targetOptions })) return makeLocalLogs(logDirectory());
  const found = await target();
  if (found.isLocal || found.stage === undefined)
    throw new BadInputError('logs needs --stage: the URL of an API does not name its functions.');
  return openStageLogs(found.stage, found.region);
}

/** True for this machine, whose logs are readable while local mode does not run. */
const isLocalTarget = ({ targetOptions: { stage, apiUrl } }: Pick<OpsContext, 'targetOptions'>) =>
  stage === LOCAL_STAGE || (stage === undefined && apiUrl === undefined);

const logDirectory = () => join(stateDirectory, 'logs');

async function findFunction(given: string, source: LogSource): Promise<string> {
  const functions = await source.functions();
  if (functions.length === 0)
    throw new UserError(`There are no logs in ${logDirectory()}: run npm start first.`);
  const name = given.toLowerCase();
  const found = functions.find((one) => one === name || one.replaceAll('-', '') === name);
  if (found !== undefined) return found;
  throw new BadInputError(
    `Unknown function '${given}': expected one of ${functions.join(', ')}.` +
      didYouMean(name, functions),
  );
}

const levels: Readonly<Record<string, number>> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };

/** Shows lines without a level, such as a crash, at every level. */
function isShown({ text }: LogLine, least: string | undefined): boolean {
  if (least === undefined) return true;
  const { level, _aws: metrics } = parseJsonObject(text) ?? {};
  if (metrics !== undefined) return false;
  return typeof level !== 'string' || (levels[level] ?? 0) >= (levels[least] ?? 0);
}

function printLines(lines: readonly LogLine[], { format, terminal }: OpsContext): void {
  for (const line of lines) {
    const text = format === 'json' ? line.text : formatLine(line);
    if (text !== undefined) terminal.out(text);
  }
}

/** Leaves out metrics, which are lines for CloudWatch. */
function formatLine({ at, text }: LogLine): string | undefined {
  const shown = shortenLine(text);
  if (shown === undefined) return undefined;
  return `${at === undefined ? '' : `${formatLocalTime(at)}  `}${printable(shown)}`;
}

async function followLines(
  source: LogSource,
  level: string | undefined,
  context: OpsContext,
): Promise<void> {
  const signal = context.terminal.interruption();
  const isLocal = isLocalTarget(context);
  const report = makeRetryReport(context.terminal.err);
  while (!signal.aborted) {
    await pause(intervalOf({ isLocal }), signal);
    if (signal.aborted) return;
    const lines = await readOn(source, report);
    printLines(
      lines.filter((line) => isShown(line, level)),
      context,
    );
  }
}

async function readOn(source: LogSource, report: RetryReport): Promise<readonly LogLine[]> {
  try {
    const lines = await source.readNew();
    report.succeeded();
    return lines;
  } catch (error) {
    report.failed(error);
    return [];
  }
}
