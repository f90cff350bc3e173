import type * as z from 'zod';

interface ResendResponse {
  readonly data: unknown;
  readonly error: { readonly name: string; readonly statusCode: number | null } | null;
}

/**
 * Returns the data of a response of Resend's API. The package does not compare responses with its
 * types.
 * @throws an error whose message an operator may see: it contains no part of the key, request or
 * response.
 */
export function dataOf<Schema extends z.ZodType>(
  task: string,
  schema: Schema,
  { data, error }: ResendResponse,
): z.output<Schema> {
  const parsed = schema.safeParse(data);
  if (parsed.success && error === null) return parsed.data;
  if (error === null) throw resendFailure(task, 'the response has an unexpected form');
  const reason = error.statusCode
    ? `status ${error.statusCode} ${error.name}`
    : 'no response in time; run the command again';
  const isAccess =
    error.name === 'restricted_api_key' || error.statusCode === 401 || error.statusCode === 403;
  throw resendFailure(task, `${reason}${isAccess ? '; the key needs full access' : ''}`);
}

export const resendFailure = (task: string, reason: string) =>
  new Error(`The request to Resend to ${task} failed: ${reason}.`);
