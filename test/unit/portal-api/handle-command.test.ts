import { expect, test } from '@jest/globals';
import { contracts } from '../../../lambdas/portal-api/contracts.ts';
import { makeHandleCommand } from '../../../lambdas/portal-api/handle-command.ts';
import { CommandRejectedError } from '../../../lambdas/portal-api/problem.ts';
import type { CommandRequest } from '../../../lambdas/portal-api/read-request.ts';
import { aKey, sending } from '../../support/portal-requests.ts';

const operation = 'create-share-link';
const good = {
  assetId: '20000000-0000-4000-8000-000000000001',
  ownerId: '10000000-0000-4000-8000-000000000001',
  expiresAt: '2026-12-01T10:00:00+11:00',
};

/** The command without its work. */
function aCommand(outcome: () => unknown = () => ({ text: '{"id":1}', replayed: false })) {
  const requests: CommandRequest<unknown>[] = [];
  const handler = makeHandleCommand({
    operation,
    request: contracts[operation].request,
    runOnce: async (request) => {
      requests.push(request);
      return outcome() as never;
    },
  });
  return { send: sending(handler as never), requests };
}

test('everything that is wrong with a request is said at once, each by where it is', async () => {
  const { send, requests } = aCommand();

  const answer = await send({
    key: '"1"',
    body: { assetId: 'film-1', expiresAt: 'tomorrow', label: '', 'a/b~c': 1, other: 2 },
  });

  expect(answer).toMatchObject({
    status: 400,
    headers: { 'content-type': 'application/problem+json' },
  });
  expect(answer.json).toMatchObject({ type: 'idempotency-key-malformed', status: 400 });
  expect(
    answer.json.errors.map(({ pointer, header }: Record<string, string>) => pointer ?? header),
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
  ['no JSON', '{"assetId":'],
  ['a list', '[]'],
  ['null', 'null'],
])('%s is an invalid request', async (_, body) => {
  expect(await aCommand().send({ body })).toMatchObject({
    status: 400,
    json: { type: 'invalid-request', errors: [{ pointer: '' }] },
  });
});

test('text that Postgres cannot hold is an invalid request', async () => {
  for (const label of ['a\0b', 'half \ud800'])
    expect(await aCommand().send({ body: { ...good, label } })).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: '/label' }] },
    });
});

test('without a key nothing is done', async () => {
  const { send, requests } = aCommand();

  expect(await send({ key: '', body: good })).toMatchObject({
    status: 400,
    json: { type: 'idempotency-key-missing' },
  });
  expect(requests).toEqual([]);
});

test('without an identity nothing is done', async () => {
  const { send, requests } = aCommand();

  expect(await send({ caller: '', body: good })).toMatchObject({
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
])('%s is the caller %s', async (userArn, caller) => {
  const { send, requests } = aCommand();
  await send({ caller: userArn, body: good });

  expect(requests).toMatchObject([{ caller }]);
});

test('an answer is given as it is, and a replay says that it is one', async () => {
  const first = await aCommand().send({ body: good });
  const replay = await aCommand(() => ({ text: '{"id":1}', replayed: true })).send({ body: good });

  expect(first).toMatchObject({ status: 201, text: '{"id":1}' });
  expect(first.headers).toEqual({
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  expect(replay.text).toBe(first.text);
  expect(replay.headers).toEqual({ ...first.headers, 'idempotent-replayed': 'true' });
});

const named = (name: string, cause?: unknown) =>
  Object.assign(new Error(name, { cause }), { name });
const ofPostgres = (code: string) => Object.assign(new Error('of Postgres'), { code });

test.each([
  [named('IdempotencyValidationError'), 422, 'idempotency-key-reused', undefined],
  [named('IdempotencyAlreadyInProgressError'), 409, 'request-in-progress', '1'],
  [named('IdempotencyPersistenceLayerError', ofPostgres('55P03')), 409, 'request-in-progress', '1'],
  [named('IdempotencyPersistenceLayerError', new Error('read ECONNRESET')), 503, 'try-again', '5'],
  [named('IdempotencyInconsistentStateError'), 503, 'try-again', '5'],
  [ofPostgres('55P03'), 503, 'try-again', '5'],
  [ofPostgres('23505'), 500, 'failed', undefined],
  [
    new CommandRejectedError({ type: 'asset-not-ready', detail: 'Not ready.' }),
    409,
    'asset-not-ready',
    undefined,
  ],
  [new TypeError('x is undefined'), 500, 'failed', undefined],
  ['text', 500, 'failed', undefined],
])('%s is answered %i %s', async (thrown, status, type, retryAfter) => {
  const { send } = aCommand(() => {
    throw thrown;
  });
  const answer = await send({ body: good, key: aKey() });

  expect(answer).toMatchObject({ status, json: { type, status } });
  expect(answer.headers['retry-after']).toBe(retryAfter);
  expect(answer.text).not.toMatch(/undefined|ECONNRESET|of Postgres/);
});
