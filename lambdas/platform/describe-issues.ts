import type * as z from 'zod';
import { formatCount } from './display/numbers.ts';

export interface IssueWording {
  /** Returns the name of an argument as the reader types it; default: its name in the contract. */
  readonly nameOf?: (path: string) => string;
  /** Returns a sentence about the allowed value that was probably meant, or an empty text. */
  readonly hintFor?: (given: string, allowed: readonly string[]) => string;
}

/** Describes each issue in one sentence: the argument, the given value and what is allowed. */
export const describeIssues = (
  { issues }: z.core.$ZodError,
  given: unknown,
  wording: IssueWording = {},
): readonly string[] => issues.map((issue) => describeIssue(issue, given, wording));

function describeIssue(
  issue: z.core.$ZodIssue,
  given: unknown,
  { nameOf = (path) => path, hintFor = () => '' }: IssueWording,
): string {
  if (issue.code === 'unrecognized_keys')
    return `Unknown argument ${issue.keys.map((key) => nameOf(key)).join(', ')}.`;
  const { allowed, values, path } = expectationOf(issue);
  const [name] = path;
  if (name === undefined) return `${allowed}.`;
  const value = valueAt(given, path);
  const subject = nameOf(String(name));
  return value === undefined || issue.code === 'custom'
    ? `${subject}: ${allowed}.`
    : `${subject} '${shorten(value)}' is invalid: ${allowed}.${hintFor(String(value), values)}`;
}

interface Expectation {
  readonly allowed: string;
  /** Allowed values, if they are listed. */
  readonly values: readonly string[];
  /** Place of the invalid value, such as one element of a list. */
  readonly path: readonly PropertyKey[];
}

function expectationOf(issue: z.core.$ZodIssue): Expectation {
  const { path } = issue;
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    return { allowed: `expected one of ${values.join(', ')}`, values, path };
  }
  // The last branch of a union is the most general one, such as a list of the values.
  // Its first issue is about the value itself; a text fails the limits of a list as well.
  const nested = issue.code === 'invalid_union' ? issue.errors.at(-1)?.at(0) : undefined;
  if (nested === undefined) return { allowed: allowedBy(issue), values: [], path };
  // A value of another type than the list is described by the branch of the single value.
  const single = issue.code === 'invalid_union' ? issue.errors[0]?.[0] : undefined;
  const chosen = nested.code === 'invalid_type' && single !== undefined ? single : nested;
  const expectation = expectationOf(chosen);
  return { ...expectation, path: [...path, ...expectation.path] };
}

/** Returns the sentence of the contract, or one of our own in the place of zod's default. */
function allowedBy(issue: z.core.$ZodIssue): string {
  if (!/^(Too small|Too big|Invalid)\b/.test(issue.message)) return issue.message;
  if (issue.code === 'too_small' && issue.origin === 'string')
    return `expected at least ${formatCount(Number(issue.minimum), 'character')}`;
  if (issue.code === 'too_big' && issue.origin === 'string')
    return `expected at most ${formatCount(Number(issue.maximum), 'character')}`;
  if (issue.code === 'invalid_format' && issue.format === 'email') return 'expected a mail address';
  return issue.message;
}

const valueAt = (given: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (Object.hasOwn(Object(value), key) ? Object(value)[key] : undefined),
    given,
  );

const SHOWN_LENGTH = 100;

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
