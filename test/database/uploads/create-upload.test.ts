import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { contracts } from '../../../lambdas/portal-api/contracts.ts';
import { type MuxApi, startMuxApi } from '../../../local/sandbox/mux-api.ts';
import { startChild } from '../../support/crash/crash-child-process.ts';
import type { CommandOrder, CommandPoint } from '../../support/crash/portal-request-child.ts';
import { clockGoesForward } from '../../support/idempotency/idempotency-harness.ts';
import {
  aKey,
  anUploadCommand,
  muxToken,
  REMAINING_MS,
  type UploadSurroundings,
} from '../../support/portal-requests.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxProcessor, aMuxRecord } from '../../support/processor.ts';
import { addOwners, anOwner } from '../../support/share-links.ts';

jest.setTimeout(30_000);

const database = useDatabase({ connections: 24 });
const DAY_MS = 24 * 3_600_000;
const request = (more: object = {}) => ({
  ownerId: anOwner(1),
  title: 'The harbour at dawn',
  ...more,
});

let mux: MuxApi;
const command = (surroundings: Partial<UploadSurroundings> = {}) =>
  anUploadCommand(database.pool, { muxUrl: mux.url, ...surroundings });
const send: ReturnType<typeof anUploadCommand> = (call) => command()(call);

beforeAll(() => addOwners(database.pool, 3));
beforeEach(async () => {
  mux = await startMuxApi({ apiToken: () => muxToken });
  await database.pool.query('truncate portal.assets cascade');
  await database.pool.query('truncate portal.idempotency_records');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await mux.stop();
});
afterAll(() => {
  delete process.env['MUX_BASE_URL'];
});

interface FilmRow extends Record<string, unknown> {
  readonly id: string;
  readonly mux_upload_id: string | null;
}

async function films() {
  const { rows } = await database.pool.query<FilmRow>(
    'select id, owner_id, title, status, mux_upload_id from portal.assets order by created_at, id',
  );
  return rows;
}

const records = async () =>
  (await database.pool.query('select from portal.idempotency_records')).rowCount;

test('a film waits for its file, and Mux knows it by its id, signed, for the pages of the portal alone', async () => {
  const answer = await send({ body: request() });

  expect(answer.status).toBe(201);
  expect(contracts['create-upload'].answer.strict().parse(answer.json)).toEqual(answer.json);
  const [upload] = mux.uploads();
  expect(upload).toMatchObject({
    corsOrigin: 'https://portal.example',
    timeout: 3600,
    settings: {
      passthrough: answer.json.assetId,
      playback_policies: ['signed'],
      meta: {
        external_id: answer.json.assetId,
        creator_id: anOwner(1),
        title: 'The harbour at dawn',
      },
    },
  });
  expect(answer.json).toEqual({
    assetId: expect.any(String),
    uploadUrl: upload?.url,
    uploadExpiresAt: expect.stringMatching(/Z$/),
  });
  expect(await films()).toEqual([
    {
      id: answer.json.assetId,
      owner_id: anOwner(1),
      title: 'The harbour at dawn',
      status: 'awaiting-upload',
      mux_upload_id: upload?.id,
    },
  ]);
});

test('a film may be public where that is asked for', async () => {
  await send({ body: request({ playbackPolicy: 'public' }) });

  expect(mux.uploads()).toMatchObject([{ settings: { playback_policies: ['public'] } }]);
});

test('the same request is given the first answer, byte for byte, and Mux is asked once', async () => {
  const key = aKey();
  const first = await send({ key, body: request() });
  const again = await send({ key, body: request({ playbackPolicy: 'signed' }) });

  expect(again).toMatchObject({
    status: 201,
    text: first.text,
    headers: { 'idempotent-replayed': 'true' },
  });
  expect(mux.requests()).toBe(1);
  const { rows } = await database.pool.query<{ row: string }>(
    'select row_to_json(record)::text as row from portal.idempotency_records record',
  );
  expect(rows.map(({ row }) => row).join()).not.toContain(first.json.uploadUrl);
});

test('20 identical requests at once make one upload; who comes meanwhile is told to come again, and has its answer then', async () => {
  const key = aKey();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send({ key, body: request() })),
  );

  const made = answers.filter(({ status }) => status === 201);
  const refused = answers.filter(({ status }) => status === 409);
  expect(made.length + refused.length).toBe(20);
  expect(new Set(made.map(({ text }) => text)).size).toBe(1);
  for (const one of refused)
    expect(one).toMatchObject({
      headers: { 'retry-after': '1' },
      json: { type: 'request-in-progress' },
    });
  expect((await send({ key, body: request() })).text).toBe(made[0]?.text);
  expect(mux.requests()).toBe(1);
  expect(await films()).toHaveLength(1);
});

test('another request with the key is refused, also while the first is still running', async () => {
  const key = aKey();
  const both = await Promise.all([
    send({ key, body: request() }),
    send({ key, body: request({ title: 'Other' }) }),
  ]);

  expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
  expect(await send({ key, body: request({ title: 'Third' }) })).toMatchObject({
    status: 422,
    json: { type: 'idempotency-key-reused' },
  });
  expect(mux.requests()).toBe(1);
});

test.each([
  ['down', '5'],
  ['busy', '7'],
  ['hanging', '5'],
  ['trickling', '5'],
] as const)(
  'while Mux is %s nothing is half-made, and the same request goes through later',
  async (condition, wait) => {
    const key = aKey();
    mux.setCondition(condition);
    const startedAt = performance.now();

    expect(await send({ key, body: request() })).toMatchObject({
      status: 503,
      headers: { 'retry-after': wait },
      json: { type: 'try-again' },
    });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(await films()).toEqual([]);
    expect(await records()).toBe(0);
    expect(mux.requests()).toBe(1);

    mux.setCondition('up');
    expect(await send({ key, body: request() })).toMatchObject({ status: 201 });
    expect(await films()).toHaveLength(1);
  },
);

test('where there is no Mux at all the caller is told to come again', async () => {
  expect(await command({ muxUrl: 'http://127.0.0.1:9' })({ body: request() })).toMatchObject({
    status: 503,
  });
  expect(await films()).toEqual([]);
});

test.each([
  [
    'wrong',
    async () => JSON.stringify({ tokenId: 'token-1', tokenSecret: 'old' }),
    502,
    'mux-refused',
  ],
  ['no token', async () => 'secret', 502, 'mux-refused'],
  [
    'unreadable',
    async () => Promise.reject(new Error('Secrets Manager is away')),
    503,
    'try-again',
  ],
])('with an API token that is %s nothing is made', async (_, apiToken, status, type) => {
  const answer = await command({ apiToken })({ body: request() });

  expect(answer).toMatchObject({ status, json: { type } });
  expect(answer.text).not.toContain('old');
  expect(await films()).toEqual([]);
  expect(await records()).toBe(0);
});

test('for a member who does not exist Mux is not asked', async () => {
  expect(await send({ body: request({ ownerId: anOwner(99) }) })).toMatchObject({
    status: 404,
    json: { type: 'owner-not-found' },
  });
  expect(mux.requests()).toBe(0);
});

async function killedAt(point: CommandPoint, key: string) {
  const order = {
    url: database.url,
    command: 'create-upload',
    point,
    key,
    body: request(),
    muxUrl: mux.url,
  } as const;
  const child = startChild('./portal-request-child.ts', order satisfies CommandOrder);
  await child.said('reached');
  child.process.kill('SIGKILL');
  await child.ended;
}

test.each([
  ['after Mux', 0],
  ['after the row', 1],
] as const)(
  'a process that is killed %s holds the key until its deadline; then the request makes one film, and leaves one orphan at Mux',
  async (point, rowsLeft) => {
    const key = aKey();
    await killedAt(point, key);
    expect(await films()).toHaveLength(rowsLeft);
    expect(await send({ key, body: request() })).toMatchObject({
      status: 409,
      headers: { 'retry-after': '1' },
    });

    clockGoesForward(REMAINING_MS + 1_000);
    const answer = await send({ key, body: request() });

    expect(answer).toMatchObject({ status: 201 });
    const [orphan, upload] = mux.uploads();
    expect(answer.json.uploadUrl).toBe(upload?.url);
    expect(await films()).toMatchObject([{ id: answer.json.assetId, mux_upload_id: upload?.id }]);
    expect(orphan?.settings['passthrough']).toBe(answer.json.assetId);
    expect((await send({ key, body: request() })).text).toBe(answer.text);
    expect(mux.uploads()).toHaveLength(2);
  },
);

test('the orphan’s own events change nothing of the film', async () => {
  const key = aKey();
  await killedAt('after the row', key);
  clockGoesForward(REMAINING_MS + 1_000);
  const { assetId } = (await send({ key, body: request() })).json;
  jest.restoreAllMocks();
  const [orphan] = mux.uploads();

  const cancelled = aMuxRecord({
    id: 'event-of-the-orphan',
    type: 'video.upload.cancelled',
    created_at: new Date().toISOString(),
    data: { id: orphan?.id, new_asset_settings: orphan?.settings },
  });
  expect(await aMuxProcessor(database.pool).process([cancelled])).toEqual([]);

  const [film] = (await films()).filter(({ id }) => id === assetId);
  expect(film).toMatchObject({ status: 'awaiting-upload', mux_upload_id: mux.uploads()[1]?.id });
});

test('an attempt that was overtaken does not replace the upload whose URL the other has given out', async () => {
  const key = aKey();
  const order = {
    url: database.url,
    command: 'create-upload',
    point: 'after Mux',
    key,
    body: request(),
  } as const;
  const slow = startChild('./portal-request-child.ts', {
    ...order,
    muxUrl: mux.url,
  } satisfies CommandOrder);
  await slow.said('reached');
  clockGoesForward(REMAINING_MS + 1_000);
  const answer = await send({ key, body: request() });
  expect(answer.status).toBe(201);

  slow.process.stdin?.write('go on\n');
  expect(await slow.said('answer')).toMatch(/^409 /);
  expect(await films()).toMatchObject([
    { id: answer.json.assetId, mux_upload_id: mux.uploads()[1]?.id },
  ]);
  expect((await send({ key, body: request() })).text).toBe(answer.text);
  await slow.ended;
});

test('a key that is used again after it was forgotten makes another film, and leaves the first one alone', async () => {
  const key = aKey();
  const first = await send({ key, body: request() });
  const tomorrow = new Date(Date.now() + DAY_MS + 60_000);
  clockGoesForward(DAY_MS + 60_000);

  const second = await command({ now: () => tomorrow })({
    key,
    body: request({ title: 'Another' }),
  });

  expect(second.status).toBe(201);
  expect(second.json.assetId).not.toBe(first.json.assetId);
  expect(await films()).toMatchObject([{ title: 'The harbour at dawn' }, { title: 'Another' }]);
});
