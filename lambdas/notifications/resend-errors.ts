/** Response of the `resend` package, which never throws. `headers` is null without a response. */
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
      /** True if Resend may have accepted the mail in spite of the error. */
      readonly maybeSent: boolean;
      readonly retryAfterSeconds?: number;
    }
  | { readonly outcome: 'rejected'; readonly code: string; readonly message: string };

// Error names of https://resend.com/docs/api-reference/errors that reject the team instead of the mail:
// its rate, quota, key or sender. Resend sent nothing, so the mail waits.
const teamErrors = new Set([
  'rate_limit_exceeded',
  'daily_quota_exceeded',
  'monthly_quota_exceeded',
  'missing_api_key',
  'restricted_api_key',
  'invalid_api_key',
  'invalid_from_address',
]);
const teamErrorStatuses = new Set([401, 403, 429]);

// Every other mail of the batch would get the same error, and more requests extend the limit.
const rateLimits = new Set([
  'rate_limit_exceeded',
  'daily_quota_exceeded',
  'monthly_quota_exceeded',
]);

export function classifyResponse({ data, error, headers }: ResendResponse): SendResult {
  if (error === null || error === undefined) {
    const emailId = property(data, 'id');
    if (typeof emailId === 'string' && emailId !== '') return { outcome: 'sent', emailId };
    return { outcome: 'deferred', code: 'unreadable-response', maybeSent: true };
  }
  const status = property(error, 'statusCode');
  const code = codeOf(error, status);
  if (teamErrors.has(code) || (typeof status === 'number' && teamErrorStatuses.has(status)))
    return { outcome: 'deferred', code, maybeSent: false, ...retryAfter(headers) };
  if (isRejected(code, status)) return { outcome: 'rejected', code, message: messageOf(error) };
  return { outcome: 'deferred', code, maybeSent: true, ...retryAfter(headers) };
}

/** Returns true if the rest of the batch must wait too. */
export function isRateLimited(result: SendResult): boolean {
  return result.outcome === 'deferred' && rateLimits.has(result.code);
}

function isRejected(code: string, status: unknown): boolean {
  // A concurrent request is sending the same notification.
  if (code === 'concurrent_idempotent_requests') return false;
  // 408 and 425 request a retry. An error without a status leaves the outcome unknown.
  return (
    typeof status === 'number' && status >= 400 && status < 500 && status !== 408 && status !== 425
  );
}

function codeOf(error: unknown, status: unknown): string {
  const name = property(error, 'name');
  if (typeof name === 'string' && rateLimits.has(name)) return name;
  // A proxy may answer 429 with an HTML page, which the package reports as `application_error`.
  if (status === 429) return 'rate_limit_exceeded';
  if (typeof name === 'string' && /^[a-z0-9_]{1,64}$/.test(name)) return name;
  return typeof status === 'number' ? `http-${status}` : 'unreadable-response';
}

function messageOf(error: unknown): string {
  const message = property(error, 'message');
  return typeof message === 'string' ? message.slice(0, 500) : '';
}

// HTTP also allows a date; Resend sends seconds.
function retryAfter(headers: ResendResponse['headers']): { retryAfterSeconds?: number } {
  const text = headers?.['retry-after'] ?? '';
  return /^\d{1,6}$/.test(text) ? { retryAfterSeconds: Number(text) } : {};
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
