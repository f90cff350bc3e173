import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyResponse } from '../../../lambdas/notifications/resend-errors.ts';

const rejectedWith = (statusCode: number | null, name: string, wasRefused = false) =>
  classifyResponse(
    {
      data: null,
      error: { statusCode, name, message: 'Message from Resend.' },
      headers: {},
    },
    wasRefused,
  );

test('returns sent for a response with an id', () => {
  expect(classifyResponse({ data: { id: 'mail-1' }, error: null, headers: {} })).toEqual({
    outcome: 'sent',
    emailId: 'mail-1',
  });
});

describe('recognizes a rate limit', () => {
  test.each([
    [429, 'rate_limit_exceeded', 'rate_limit_exceeded', false],
    [429, 'daily_quota_exceeded', 'daily_quota_exceeded', true],
    [429, 'monthly_quota_exceeded', 'monthly_quota_exceeded', true],
    // A proxy answers with HTML, which the package reports as `application_error`.
    [429, 'application_error', 'rate_limit_exceeded', false],
  ])('%s %s', (status, name, code, isQuota) => {
    expect(rejectedWith(status, name)).toEqual({ outcome: 'rate-limited', code, isQuota });
  });
});

describe('defers a mail that was not sent', () => {
  test.each([
    [401, 'missing_api_key'],
    [401, 'restricted_api_key'],
    [403, 'invalid_api_key'],
    [400, 'invalid_api_key'],
    // Resend returns this error while the sender's domain is not verified.
    [403, 'validation_error'],
    [422, 'invalid_from_address'],
    [404, 'not_found'],
    [405, 'method_not_allowed'],
    [413, 'application_error'],
    [431, 'application_error'],
    // HTML of a proxy.
    [400, 'application_error'],
    [404, 'application_error'],
    [418, 'an_error_of_the_future'],
  ])('%s %s', (status, name) => {
    expect(rejectedWith(status, name)).toEqual({
      outcome: 'deferred',
      code: name,
      maybeSent: false,
    });
  });

  test('without a connection', () => {
    expect(rejectedWith(null, 'application_error', true)).toEqual({
      outcome: 'deferred',
      code: 'connection-refused',
      maybeSent: false,
    });
  });
});

describe('defers a mail that may have been sent', () => {
  test.each([
    [409, 'concurrent_idempotent_requests'],
    [500, 'internal_server_error'],
    [502, 'application_error'],
    [503, 'application_error'],
    [408, 'application_error'],
    [425, 'application_error'],
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

describe('rejects the content of a mail permanently', () => {
  test.each([
    [400, 'invalid_idempotency_key'],
    [400, 'validation_error'],
    [422, 'validation_error'],
    [422, 'invalid_parameter'],
    [422, 'invalid_attachment'],
    [422, 'missing_required_field'],
    [451, 'security_error'],
  ])('%s %s', (status, name) => {
    expect(rejectedWith(status, name)).toEqual({
      outcome: 'rejected',
      code: name,
      message: 'Message from Resend.',
    });
  });
});

test('recognizes a key that Resend accepted with another payload', () => {
  expect(rejectedWith(409, 'invalid_idempotent_request')).toEqual({
    outcome: 'key-used',
    code: 'invalid_idempotent_request',
    message: 'Message from Resend.',
  });
});

test('replaces a malformed error name by the status', () => {
  expect(rejectedWith(418, 'I am <b>a teapot</b>')).toMatchObject({ code: 'http-418' });
});

test('classifies any response, and only a response with an id as sent', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (data, error) => {
      const { outcome } = classifyResponse({ data, error, headers: null });
      expect(['sent', 'deferred', 'rejected', 'rate-limited', 'key-used']).toContain(outcome);
      if (outcome === 'sent') expect(data).toHaveProperty('id');
    }),
  );
});

test('never rejects a response without a documented error name', () => {
  const documented = /^(invalid_|missing_|security_|validation_|.*_exceeded$)/;
  fc.assert(
    fc.property(
      fc.string().filter((name) => !documented.test(name)),
      fc.option(fc.integer({ min: 300, max: 599 })),
      (name, status) => {
        const { outcome } = rejectedWith(status, name);
        expect(['deferred', 'rate-limited']).toContain(outcome);
      },
    ),
  );
});
