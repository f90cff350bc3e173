import { redactText } from '../platform/redaction.ts';

/** Response of the `resend` package, which never throws. `headers` is null without a response. */
export interface ResendResponse {
  readonly data: unknown;
  readonly error: unknown;
  readonly headers: Readonly<Record<string, string>> | null;
}

export type SendResult =
  | { readonly outcome: 'sent'; readonly emailId: string }
  | {
      /** Resend rejected the request because of the team's rate or quota. Nothing was sent. */
      readonly outcome: 'rate-limited';
      readonly code: string;
      readonly isQuota: boolean;
    }
  | {
      readonly outcome: 'deferred';
      readonly code: string;
      /** True if Resend may have accepted the mail in spite of the error. */
      readonly maybeSent: boolean;
    }
  | { readonly outcome: 'key-used' | 'rejected'; readonly code: string; readonly message: string };

// Error names of https://resend.com/docs/api-reference/errors that reject the content of the mail.
// Every other error may be over at the next attempt: it rejects the team's key, sender or quota, or
// comes from a proxy, or from an endpoint that is missing during an incident.
const contentErrors = new Set([
  'invalid_access',
  'invalid_attachment',
  'invalid_idempotency_key',
  'invalid_parameter',
  'missing_required_field',
  'security_error',
  'validation_error',
]);

// A `validation_error` with 403 rejects the team, as its sender's domain is not verified.
const contentStatuses = new Set([400, 422, 451]);

const rateLimits = new Set([
  'rate_limit_exceeded',
  'daily_quota_exceeded',
  'monthly_quota_exceeded',
]);

// A proxy that timed out, or a server that rejects early data, may have passed the request on.
const uncertainStatuses = new Set([408, 425]);

/** @param wasRefused True if no connection was made, so that Resend received nothing. */
export function classifyResponse({ data, error }: ResendResponse, wasRefused = false): SendResult {
  if (error === null || error === undefined) {
    const emailId = property(data, 'id');
    if (typeof emailId === 'string' && emailId !== '') return { outcome: 'sent', emailId };
    return { outcome: 'deferred', code: 'unreadable-response', maybeSent: true };
  }
  const status = property(error, 'statusCode');
  const code = codeOf(error, status);
  if (rateLimits.has(code))
    return { outcome: 'rate-limited', code, isQuota: code !== 'rate_limit_exceeded' };
  const message = messageOf(error);
  // Resend keeps keys only of requests that it accepted, so an earlier attempt sent the mail.
  if (code === 'invalid_idempotent_request') return { outcome: 'key-used', code, message };
  if (contentErrors.has(code) && typeof status === 'number' && contentStatuses.has(status))
    return { outcome: 'rejected', code, message };
  if (wasRefused) return { outcome: 'deferred', code: 'connection-refused', maybeSent: false };
  return { outcome: 'deferred', code, maybeSent: mayBeSent(code, status) };
}

function mayBeSent(code: string, status: unknown): boolean {
  // A concurrent request is sending the same notification.
  if (code === 'concurrent_idempotent_requests') return true;
  // An error without a status leaves the outcome unknown.
  return typeof status !== 'number' || status >= 500 || uncertainStatuses.has(status);
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
  return typeof message === 'string' ? redactText(message.slice(0, 500)) : '';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
