import { expect, test } from '@jest/globals';
import type { FetchSecret } from '../../../../lambdas/platform/secret-cache.ts';
import type { Post } from '../../../support/http-api.ts';
import { muxSecret, muxSignature } from '../../../support/providers/mux.ts';
import { useStdout } from '../../../support/stdout.ts';
import {
  accepted,
  aVerifier,
  body,
  logsIn,
  metricsIn,
  rejected,
  signed,
} from '../../../support/webhooks/verifier.ts';

const stdout = useStdout();

test.each([
  ['does not exist', async () => undefined],
  ['is empty', async () => ''],
  ['is white space', async () => ' \n'],
  [
    'cannot be read',
    async () => {
      throw new Error('AccessDeniedException');
    },
  ],
])('fails closed: responds 500 when the secret %s', async (_, fetch) => {
  const { deliver, queue } = aVerifier({ fetch });

  for (const post of [signed(body), { body }, { ...signed(body), body: 'forged' }]) {
    expect(await deliver(post)).toEqual(rejected(500, 'not-configured'));
  }
  expect(
    await deliver({ body, headers: { 'mux-signature': muxSignature(body, { secret: '' }) } }),
  ).toEqual(rejected(500, 'not-configured'));
  expect(queue).toEqual([]);
  expect(logsIn(stdout)).toContainEqual(
    expect.objectContaining({ level: 'ERROR', message: 'Signing secret cannot be used' }),
  );
  expect(metricsIn(stdout)).toContainEqual({
    provider: 'mux',
    reason: 'not-configured',
    Rejected: 1,
  });
});

test('responds 500 to a mismatch while the previous secret cannot be read', async () => {
  const { deliver, queue } = aVerifier({
    fetch: async (_, version) => {
      if (version === 'AWSPREVIOUS') throw new Error('ThrottlingException');
      return muxSecret;
    },
  });

  expect(await deliver(signed(body))).toEqual(accepted);
  expect(await deliver({ ...signed(body), body: 'forged' })).toEqual(
    rejected(500, 'not-configured'),
  );
  expect(queue).toHaveLength(1);
});

test('accepts deliveries while a secret that was read cannot be read again', async () => {
  let [now, fails] = [Date.now(), false];
  const fetch: FetchSecret = async (_, version) => {
    if (fails) throw new Error('InternalServiceError');
    return version === 'AWSCURRENT' ? muxSecret : 'p'.repeat(32);
  };
  const { deliver } = aVerifier({ fetch, now: () => new Date(now) });
  const signedNow = (secret: string): Post => ({
    body,
    receivedAt: new Date(now),
    headers: { 'mux-signature': muxSignature(body, { secret, at: new Date(now) }) },
  });

  expect(await deliver(signedNow('p'.repeat(32)))).toEqual(accepted);
  fails = true;
  for (let minute = 0; minute < 20; minute += 1) {
    now += 60_000;
    expect(await deliver(signedNow(muxSecret))).toEqual(accepted);
    expect(await deliver(signedNow('p'.repeat(32)))).toEqual(accepted);
    expect(await deliver(signedNow('f'.repeat(32)))).toEqual(rejected(500, 'not-configured'));
  }
  expect(metricsIn(stdout)).toContainEqual({ SecretReadsFailed: 1 });
});

test('skips a damaged previous secret and logs it once', async () => {
  const { deliver } = aVerifier({ secrets: { AWSCURRENT: muxSecret, AWSPREVIOUS: 'typo' } });

  for (let forgery = 0; forgery < 3; forgery += 1)
    expect(await deliver({ ...signed(body), body: 'forged' })).toEqual(
      rejected(400, 'signature-mismatch'),
    );
  expect(await deliver(signed(body))).toEqual(accepted);
  expect(
    logsIn(stdout).filter(({ message }) => message === 'Previous signing secret is damaged'),
  ).toMatchObject([{ level: 'WARN', error: { code: 'secret-invalid' } }]);
});

test('responds 500 when the queue rejects the message, so that Mux retries', async () => {
  const enqueue = async () => {
    throw new Error('connect ECONNREFUSED');
  };
  const { deliver } = aVerifier({ enqueue });

  expect(await deliver(signed(body))).toEqual(rejected(500, 'not-enqueued'));
  expect(logsIn(stdout)).toContainEqual(
    expect.objectContaining({
      message: 'Failed to enqueue delivery',
      error: expect.objectContaining({ message: 'connect ECONNREFUSED' }),
    }),
  );
});

test('accepts the previous secret after a rotation and reloads on the first mismatch', async () => {
  const [first, second] = ['1'.repeat(32), '2'.repeat(32)];
  const secrets: { AWSCURRENT?: string; AWSPREVIOUS?: string } = { AWSCURRENT: first };
  const { deliver } = aVerifier({ secrets });
  const signedWith = (secret: string): Post => ({
    body,
    headers: { 'mux-signature': muxSignature(body, { secret }) },
  });

  expect(await deliver(signedWith(first))).toEqual(accepted);
  Object.assign(secrets, { AWSCURRENT: second, AWSPREVIOUS: first });

  expect(await deliver(signedWith(second))).toEqual(accepted);
  expect(await deliver(signedWith(first))).toEqual(accepted);
  expect(
    metricsIn(stdout).map(({ SecretCurrent, SecretPrevious }) => [SecretCurrent, SecretPrevious]),
  ).toEqual([
    [1, 0],
    [1, 0],
    [0, 1],
  ]);
});

test('reloads the secret once during a flood of forged deliveries', async () => {
  let reads = 0;
  const fetch: FetchSecret = async (_, version) => {
    reads += version === 'AWSCURRENT' ? 1 : 0;
    return version === 'AWSCURRENT' ? muxSecret : undefined;
  };
  const { deliver } = aVerifier({ fetch });

  for (let forgery = 0; forgery < 20; forgery += 1) {
    const headers = { 'mux-signature': muxSignature(body, { secret: `guess ${forgery}` }) };
    expect(await deliver({ body, headers })).toEqual(rejected(400, 'signature-mismatch'));
  }
  expect(reads).toBe(2);
});
