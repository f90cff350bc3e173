/** What the `resend` package resolves to. It never throws; a request that got no answer has no headers. */
export interface ResendResponse {
  readonly data: unknown;
  readonly error: unknown;
  readonly headers: Readonly<Record<string, string>> | null;
}

export type SendResult =
  | { readonly outcome: 'sent'; readonly emailId: string }
  | {
      readonly outcome: 'deferred';
      readonly code: string;
      /** Whether Resend may have taken the mail all the same. */
      readonly maybeSent: boolean;
      readonly retryAfterSeconds?: number;
    }
  | { readonly outcome: 'final'; readonly code: string; readonly message: string };

// Names are as in https://resend.com/docs/api-reference/errors. Those here are refusals: nothing was sent, and what
// has to change is the team's rate, quota, key or sender. None of it is the mail's fault, so the mail waits.
const refusals = new Set([
  'rate_limit_exceeded',
  'daily_quota_exceeded',
  'monthly_quota_exceeded',
  'missing_api_key',
  'restricted_api_key',
  'invalid_api_key',
  'invalid_from_address',
]);
const refusalStatuses = new Set([401, 403, 429]);

// Answers that every mail of the batch would get, and that more requests make worse.
const teamWide = new Set(['rate_limit_exceeded', 'daily_quota_exceeded', 'monthly_quota_exceeded']);

export function classifyResponse({ data, error, headers }: ResendResponse): SendResult {
  if (error === null || error === undefined) {
    const emailId = property(data, 'id');
    if (typeof emailId === 'string' && emailId !== '') return { outcome: 'sent', emailId };
    return { outcome: 'deferred', code: 'unreadable-answer', maybeSent: true };
  }
  const status = property(error, 'statusCode');
  const code = codeOf(error, status);
  if (refusals.has(code) || (typeof status === 'number' && refusalStatuses.has(status)))
    return { outcome: 'deferred', code, maybeSent: false, ...retryAfter(headers) };
  if (isFinal(code, status)) return { outcome: 'final', code, message: messageOf(error) };
  return { outcome: 'deferred', code, maybeSent: true, ...retryAfter(headers) };
}

/** Whether the rest of the batch had better wait as well. */
export function holdsBack(outcome: SendResult): boolean {
  return outcome.outcome === 'deferred' && teamWide.has(outcome.code);
}

function isFinal(code: string, status: unknown): boolean {
  // Another delivery of the same notification is being sent right now.
  if (code === 'concurrent_idempotent_requests') return false;
  // 408 and 425 ask for another try; without a status nothing is known of what happened.
  return (
    typeof status === 'number' && status >= 400 && status < 500 && status !== 408 && status !== 425
  );
}

function codeOf(error: unknown, status: unknown): string {
  const name = property(error, 'name');
  if (typeof name === 'string' && teamWide.has(name)) return name;
  // Also where a proxy answers for Resend, with a page that the package reports as `application_error`.
  if (status === 429) return 'rate_limit_exceeded';
  if (typeof name === 'string' && /^[a-z0-9_]{1,64}$/.test(name)) return name;
  return typeof status === 'number' ? `http-${status}` : 'unreadable-answer';
}

function messageOf(error: unknown): string {
  const message = property(error, 'message');
  return typeof message === 'string' ? message.slice(0, 500) : '';
}

// Dates are allowed by HTTP; Resend sends seconds.
function retryAfter(headers: ResendResponse['headers']): { retryAfterSeconds?: number } {
  const text = headers?.['retry-after'] ?? '';
  return /^\d{1,6}$/.test(text) ? { retryAfterSeconds: Number(text) } : {};
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
