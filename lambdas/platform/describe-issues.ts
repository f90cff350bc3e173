import type * as z from 'zod';

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
  const { allowed, values } = expectationOf(issue);
  const [name] = issue.path;
  if (name === undefined) return `${allowed}.`;
  const value = Object.hasOwn(Object(given), name) ? Object(given)[name] : undefined;
  const subject = nameOf(String(name));
  return value === undefined || issue.code === 'custom'
    ? `${subject}: ${allowed}.`
    : `${subject} '${shorten(value)}' is invalid: ${allowed}.${hintFor(String(value), values)}`;
}

interface Expectation {
  readonly allowed: string;
  /** Allowed values, if they are listed. */
  readonly values: readonly string[];
}

function expectationOf(issue: z.core.$ZodIssue): Expectation {
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    return { allowed: `expected one of ${values.join(', ')}`, values };
  }
  // The last branch of a union is the most general one, such as a list of the values.
  const nested = issue.code === 'invalid_union' ? issue.errors.at(-1)?.at(-1) : undefined;
  return nested === undefined ? { allowed: issue.message, values: [] } : expectationOf(nested);
}

const SHOWN_LENGTH = 100;

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
