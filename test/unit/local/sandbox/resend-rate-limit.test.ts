import { expect, test } from '@jest/globals';
import { makeResendRateLimit } from '../../../../local/sandbox/resend-rate-limit.ts';

test('rejects more requests than the limit in any second, as Resend does', () => {
  const limit = makeResendRateLimit();
  limit.setLimit(2);
  expect([0, 600, 700, 999, 1_000].map((now) => limit.count(now)?.statusCode)).toEqual([
    undefined,
    undefined,
    429,
    429,
    undefined,
  ]);
  expect(limit.headers(1_000)).toEqual({
    'ratelimit-limit': '2',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '1',
  });
  expect(limit.count(1_100)).toMatchObject({
    headers: { 'retry-after': '1' },
    body: { statusCode: 429, name: 'rate_limit_exceeded' },
  });
  expect(limit.headers(3_000)).toMatchObject({ 'ratelimit-remaining': '2' });
});

test('limits nothing in practice until a limit is set', () => {
  const limit = makeResendRateLimit();
  expect(Array.from({ length: 500 }, () => limit.count(0)).filter(Boolean)).toEqual([]);
});
