import { parseJsonObject } from '../lambdas/platform/json.ts';

const SHOWN_FIELDS = 6;

/** Shortens a structured line to one row of a terminal. Returns undefined for metrics. */
export function shortenLine(line: string): string | undefined {
  const record = parseJsonObject(line);
  if (record === undefined) return line;
  if ('_aws' in record) return undefined;
  const { level, message, timestamp: _, error, ...fields } = record;
  const shown = Object.entries(fields)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, SHOWN_FIELDS)
    .map(([name, value]) => `${name}=${value}`);
  const errorMessage = (error as { message?: unknown } | undefined)?.message;
  return [
    level,
    message,
    ...shown,
    ...(errorMessage === undefined ? [] : [`error=${errorMessage}`]),
  ].join(' ');
}
