import { expect, test } from '@jest/globals';
import { contracts } from '../../../lambdas/portal-api/contracts.ts';
import { makeHandlePortalRequest } from '../../../lambdas/portal-api/handle-portal-request.ts';
import { PortalRequestRejectedError } from '../../../lambdas/portal-api/problem.ts';
import type { PortalRequest } from '../../../lambdas/portal-api/read-request.ts';
import { aKey, makeSend } from '../../support/portal-api/portal-requests.ts';

const operation = 'create-share-link';
const validBody = {
  assetId: '20000000-0000-4000-8000-000000000001',
  ownerId: '10000000-0000-4000-8000-000000000001',
  expiresAt: '2026-12-01T10:00:00+11:00',
};

/** Creates the handler with a fake operation. */
function anOperation(run: () => unknown = () => ({ text: '{"id":1}', replayed: false })) {
  const requests: PortalRequest<unknown>[] = [];
  const handler = makeHandlePortalRequest({
    operation,
    request: contracts[operation].request,
    runIdempotent: async (request) => {
      requests.push(request);
      return run() as never;
    },
    now: () => new Date('2026-11-24T09:00:00Z'),
  });
  return { send: makeSend(handler as never), requests };
}

test('reports all invalid parts of a request with their locations', async () => {
  const { send, requests } = anOperation();

  const response = await send({
    key: '"1"',
    body: { assetId: 'asset-1', expiresAt: 'tomorrow', label: '', 'a/b~c': 1, other: 2 },
  });

  expect(response).toMatchObject({
    status: 400,
    headers: { 'content-type': 'application/problem+json' },
  });
  expect(response.json).toMatchObject({ type: 'idempotency-key-malformed', status: 400 });
  expect(
    response.json.errors.map(({ pointer, header }: Record<string, string>) => pointer ?? header),
  ).toEqual([
    'idempotency-key',
    '/assetId',
    '/ownerId',
    '/expiresAt',
    '/label',
    '/a~1b~0c',
    '/other',
  ]);
  expect(requests).toEqual([]);
});

test.each([
  ['no body', undefined],
  ['text that is not JSON', '{"assetId":'],
  ['a list', '[]'],
  ['null', 'null'],
])('rejects %s as an invalid request', async (_, body) => {
  expect(await anOperation().send({ body })).toMatchObject({
    status: 400,
    json: { type: 'invalid-request', errors: [{ pointer: '' }] },
  });
});

test('rejects text that Postgres cannot store', async () => {
  for (const label of ['a\0b', 'half \ud800'])
    expect(await anOperation().send({ body: { ...validBody, label } })).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: '/label' }] },
    });
});

test('rejects a request without an idempotency key', async () => {
  const { send, requests } = anOperation();

  expect(await send({ key: '', body: validBody })).toMatchObject({
    status: 400,
    json: { type: 'idempotency-key-missing' },
  });
  expect(requests).toEqual([]);
});

test('rejects a request without an AWS identity', async () => {
  const { send, requests } = anOperation();

  expect(await send({ caller: '', body: validBody })).toMatchObject({
    status: 403,
    json: { type: 'forbidden' },
  });
  expect(requests).toEqual([]);
});

test.each([
  [
    'arn:aws:sts::123456789012:assumed-role/portal/task-1',
    'arn:aws:sts::123456789012:assumed-role/portal',
  ],
  [
    'arn:aws:sts::123456789012:assumed-role/portal/task-2',
    'arn:aws:sts::123456789012:assumed-role/portal',
  ],
  ['arn:aws:iam::123456789012:user/ci/portal', 'arn:aws:iam::123456789012:user/ci/portal'],
])('identifies %s as the caller %s', async (userArn, caller) => {
  const { send, requests } = anOperation();
  await send({ caller: userArn, body: validBody });

  expect(requests).toMatchObject([{ caller }]);
});

test('returns the response of the operation, and marks a replay', async () => {
  const first = await anOperation().send({ body: validBody });
  const replay = await anOperation(() => ({ text: '{"id":1}', replayed: true })).send({
    body: validBody,
  });

  expect(first).toMatchObject({ status: 201, text: '{"id":1}' });
  expect(first.headers).toEqual({
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  expect(replay.text).toBe(first.text);
  expect(replay.headers).toEqual({ ...first.headers, 'idempotent-replayed': 'true' });
});

const errorNamed = (name: string, cause?: unknown) =>
  Object.assign(new Error(name, { cause }), { name });
const postgresError = (code: string) => Object.assign(new Error('from Postgres'), { code });

test.each([
  [errorNamed('IdempotencyValidationError'), 422, 'idempotency-key-reused', undefined],
  [errorNamed('IdempotencyAlreadyInProgressError'), 409, 'request-in-progress', '1'],
  [
    errorNamed('IdempotencyPersistenceLayerError', postgresError('55P03')),
    409,
    'request-in-progress',
    '1',
  ],
  [
    errorNamed('IdempotencyPersistenceLayerError', new Error('read ECONNRESET')),
    503,
    'try-again',
    '5',
  ],
  [errorNamed('IdempotencyInconsistentStateError'), 503, 'try-again', '5'],
  [postgresError('55P03'), 503, 'try-again', '5'],
  [postgresError('23505'), 500, 'failed', undefined],
  [
    new PortalRequestRejectedError({ type: 'asset-not-ready', detail: 'Not ready.' }),
    409,
    'asset-not-ready',
    undefined,
  ],
  [new TypeError('x is undefined'), 500, 'failed', undefined],
  ['text', 500, 'failed', undefined],
])('maps %s to %i %s', async (thrown, status, type, retryAfter) => {
  const { send } = anOperation(() => {
    throw thrown;
  });
  const response = await send({ body: validBody, key: aKey() });

  expect(response).toMatchObject({ status, json: { type, status } });
  expect(response.headers['retry-after']).toBe(retryAfter);
  expect(response.text).not.toMatch(/undefined|ECONNRESET|from Postgres/);
});
