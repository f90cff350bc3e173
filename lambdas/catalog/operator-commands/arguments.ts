import * as z from 'zod';
import { providers } from '../providers.ts';

export const time = z.iso.datetime({
  offset: true,
  error: 'expected a time such as 2026-03-01T09:00:00Z, or an age such as 2h or 7d',
});
export const provider = z.enum(providers);
export const onlyProvider = provider.optional().describe('Only this provider');

/** Accepts digits as text too, because the command line sends what was typed. */
export function limit(max: number) {
  const error = `expected a whole number from 1 to ${max}`;
  return z.coerce.number(error).int(error).min(1, error).max(max, error);
}

/** Accepts one of the values or a list of them. */
export const oneOrMore = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.union([
    z.enum(values).transform((value) => [value]),
    z.array(z.enum(values)).min(1).max(values.length),
  ]);

/** Longest id or name that the system stores. */
const MAX_NAME = 256;

/** Accepts one text or a list of up to `max` texts. */
export const oneOrMoreTexts = (max: number, expected: string) =>
  z.union([
    z
      .string(expected)
      .min(1, expected)
      .max(MAX_NAME, expected)
      .transform((value) => [value]),
    z
      .array(z.string().min(1, expected).max(MAX_NAME, expected))
      .min(1, expected)
      .max(max, expected),
  ]);

/** Position at which the previous page ended. */
export const cursor = z.string().regex(/^\d{1,18}$/, 'expected the cursor of the previous page');

/** Accepts a text of 1 to 256 characters. */
export function name(description: string) {
  const error = `expected ${description}, of at most ${MAX_NAME} characters`;
  return z.string(error).min(1, error).max(MAX_NAME, error);
}

export const mailAddress = z
  .string('expected a mail address')
  .trim()
  .regex(/[^\s@]@[^\s@]/, 'expected a mail address')
  .max(320, 'expected a mail address of at most 320 characters');

/** Breaks of the audit log that the operator can explain. */
export const knownBreaks = z
  .string()
  .regex(/^\d{1,10}(,\d{1,10}){0,99}$/, 'expected up to 100 numbers of heads, separated by commas')
  .optional()
  .describe('Accept these breaks of the audit log, e.g. of a restored database: numbers, 12,40');

export const eventFilter = {
  provider: onlyProvider,
  type: name('a type such as video.asset.ready')
    .optional()
    .describe('Only this event type, e.g. video.asset.ready'),
  since: time
    .optional()
    .describe('Only events received at or after this time; 2h means 2 hours ago, 7d 7 days ago'),
  until: time.optional().describe('Only events received before this time'),
  code: name('an error code').optional().describe('Only events with this error code'),
};
export const outboxId = z.uuid('expected the id of a domain event');
export const outboxType = name('a type such as asset.failed')
  .optional()
  .describe('Only this type, e.g. asset.failed');

const reasonError = 'expected a reason of 5 to 500 characters';
export const requiredReason = z
  .string(reasonError)
  .trim()
  .min(5, reasonError)
  .max(500, reasonError)
  .describe('Reason, for the audit log');
export const reason = requiredReason.optional().describe('Reason, for the audit log');
export const dryRun = z
  .boolean('expected true or false')
  .default(false)
  .describe('Show what the command would do; change nothing');
