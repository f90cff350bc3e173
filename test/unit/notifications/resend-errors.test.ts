import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyResponse, holdsBack } from '../../../lambdas/notifications/resend-errors.ts';

const refused = (
  statusCode: number | null,
  name: string,
  headers: Record<string, string> | null = {},
) =>
  classifyResponse({
    data: null,
    error: { statusCode, name, message: 'Said by Resend.' },
    headers,
  });

test('an id is a sent mail', () => {
  expect(classifyResponse({ data: { id: 'mail-1' }, error: null, headers: {} })).toEqual({
    outcome: 'sent',
    emailId: 'mail-1',
  });
});

describe('waits, and nothing was sent', () => {
  test.each([
    [429, 'rate_limit_exceeded', 'rate_limit_exceeded'],
    [429, 'daily_quota_exceeded', 'daily_quota_exceeded'],
    [429, 'monthly_quota_exceeded', 'monthly_quota_exceeded'],
    [429, 'application_error', 'rate_limit_exceeded'],
    [401, 'missing_api_key', 'missing_api_key'],
    [401, 'restricted_api_key', 'restricted_api_key'],
    [403, 'invalid_api_key', 'invalid_api_key'],
    [400, 'invalid_api_key', 'invalid_api_key'],
    // What Resend says where the sender's domain is not verified yet.
    [403, 'validation_error', 'validation_error'],
    [422, 'invalid_from_address', 'invalid_from_address'],
  ])('%s %s', (status, name, code) => {
    expect(refused(status, name)).toEqual({ outcome: 'deferred', code, maybeSent: false });
  });
});

describe('waits, and the mail may have been sent', () => {
  test.each([
    [409, 'concurrent_idempotent_requests'],
    [500, 'internal_server_error'],
    [502, 'application_error'],
    [503, 'application_error'],
    [408, 'application_error'],
    [null, 'application_error'],
  ])('%s %s', (status, name) => {
    expect(refused(status, name)).toEqual({ outcome: 'deferred', code: name, maybeSent: true });
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
      code: 'unreadable-answer',
      maybeSent: true,
    });
  });
});

describe('is final', () => {
  test.each([
    [409, 'invalid_idempotent_request'],
    [400, 'invalid_idempotency_key'],
    [422, 'validation_error'],
    [422, 'invalid_parameter'],
    [422, 'missing_required_field'],
    [404, 'not_found'],
    [451, 'security_error'],
  ])('%s %s', (status, name) => {
    expect(refused(status, name)).toEqual({
      outcome: 'final',
      code: name,
      message: 'Said by Resend.',
    });
  });

  test('a name that is not a name becomes the status', () => {
    expect(refused(418, 'I am <b>a teapot</b>')).toMatchObject({
      outcome: 'final',
      code: 'http-418',
    });
  });
});

test.each([
  [{ 'retry-after': '3' }, 3],
  [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:00 GMT' }, undefined],
  [{}, undefined],
  [null, undefined],
])('retry-after %j is %s seconds', (headers, seconds) => {
  const outcome = refused(429, 'rate_limit_exceeded', headers);
  expect('retryAfterSeconds' in outcome ? outcome.retryAfterSeconds : undefined).toBe(seconds);
});

test.each([
  [429, 'rate_limit_exceeded', true],
  [429, 'daily_quota_exceeded', true],
  [429, 'application_error', true],
  [500, 'internal_server_error', false],
  [null, 'application_error', false],
  [422, 'validation_error', false],
])('%s %s holds the rest of the batch back: %s', (status, name, expected) => {
  expect(holdsBack(refused(status, name))).toBe(expected);
});

test('whatever is answered has an outcome, and only an id is a sent mail', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (data, error) => {
      const { outcome } = classifyResponse({ data, error, headers: null });
      expect(['sent', 'deferred', 'final']).toContain(outcome);
      if (outcome === 'sent') expect(data).toHaveProperty('id');
    }),
  );
});
