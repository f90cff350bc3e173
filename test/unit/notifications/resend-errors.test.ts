import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyResponse, isRateLimited } from '../../../lambdas/notifications/resend-errors.ts';

const rejectedWith = (
  statusCode: number | null,
  name: string,
  headers: Record<string, string> | null = {},
) =>
  classifyResponse({
    data: null,
    error: { statusCode, name, message: 'Message from Resend.' },
    headers,
  });

test('returns sent for a response with an id', () => {
  expect(classifyResponse({ data: { id: 'mail-1' }, error: null, headers: {} })).toEqual({
    outcome: 'sent',
    emailId: 'mail-1',
  });
});

describe('defers a mail that was not sent', () => {
  test.each([
    [429, 'rate_limit_exceeded', 'rate_limit_exceeded'],
    [429, 'daily_quota_exceeded', 'daily_quota_exceeded'],
    [429, 'monthly_quota_exceeded', 'monthly_quota_exceeded'],
    [429, 'application_error', 'rate_limit_exceeded'],
    [401, 'missing_api_key', 'missing_api_key'],
    [401, 'restricted_api_key', 'restricted_api_key'],
    [403, 'invalid_api_key', 'invalid_api_key'],
    [400, 'invalid_api_key', 'invalid_api_key'],
    // Resend returns this error while the sender's domain is not verified.
    [403, 'validation_error', 'validation_error'],
    [422, 'invalid_from_address', 'invalid_from_address'],
  ])('%s %s', (status, name, code) => {
    expect(rejectedWith(status, name)).toEqual({ outcome: 'deferred', code, maybeSent: false });
  });
});

describe('defers a mail that may have been sent', () => {
  test.each([
    [409, 'concurrent_idempotent_requests'],
    [500, 'internal_server_error'],
    [502, 'application_error'],
    [503, 'application_error'],
    [408, 'application_error'],
    [null, 'application_error'],
  ])('%s %s', (status, name) => {
    expect(rejectedWith(status, name)).toEqual({
      outcome: 'deferred',
      code: name,
      maybeSent: true,
    });
  });

  test.each([
    ['neither data nor error', null, null],
    ['data without an id', {}, null],
    ['an empty id', { id: '' }, null],
    ['an error that is no object', null, 'broken'],
    ['an error without name and status', null, {}],
  ])('%s', (_title, data, error) => {
    expect(classifyResponse({ data, error, headers: {} })).toEqual({
      outcome: 'deferred',
      code: 'unreadable-response',
      maybeSent: true,
    });
  });
});

describe('rejects a mail permanently', () => {
  test.each([
    [409, 'invalid_idempotent_request'],
    [400, 'invalid_idempotency_key'],
    [422, 'validation_error'],
    [422, 'invalid_parameter'],
    [422, 'missing_required_field'],
    [404, 'not_found'],
    [451, 'security_error'],
  ])('%s %s', (status, name) => {
    expect(rejectedWith(status, name)).toEqual({
      outcome: 'rejected',
      code: name,
      message: 'Message from Resend.',
    });
  });

  test('replaces a malformed error name by the status', () => {
    expect(rejectedWith(418, 'I am <b>a teapot</b>')).toMatchObject({
      outcome: 'rejected',
      code: 'http-418',
    });
  });
});

test.each([
  [{ 'retry-after': '3' }, 3],
  [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:00 GMT' }, undefined],
  [{}, undefined],
  [null, undefined],
])('reads retry-after %j as %s seconds', (headers, seconds) => {
  const result = rejectedWith(429, 'rate_limit_exceeded', headers);
  expect('retryAfterSeconds' in result ? result.retryAfterSeconds : undefined).toBe(seconds);
});

test.each([
  [429, 'rate_limit_exceeded', true],
  [429, 'daily_quota_exceeded', true],
  [429, 'application_error', true],
  [500, 'internal_server_error', false],
  [null, 'application_error', false],
  [422, 'validation_error', false],
])('%s %s is a rate limit: %s', (status, name, expected) => {
  expect(isRateLimited(rejectedWith(status, name))).toBe(expected);
});

test('classifies any response, and only a response with an id as sent', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (data, error) => {
      const { outcome } = classifyResponse({ data, error, headers: null });
      expect(['sent', 'deferred', 'rejected']).toContain(outcome);
      if (outcome === 'sent') expect(data).toHaveProperty('id');
    }),
  );
});
