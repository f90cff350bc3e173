import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { syntheticType } from '../../../lambdas/catalog/synthetic-events.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxProcessor, aMuxRecord, aRecord, type MuxBody } from '../../support/processor.ts';
import { muxFixture } from '../../support/providers/mux.ts';

const database = useDatabase({ connections: 30 });

let ownerId: string;
let adminIds: string[];

beforeEach(async () => {
  await database.pool.query(`truncate portal.users, portal.assets, portal.asset_events, portal.webhook_events,
    portal.idempotency_records, portal.notifications, portal.outbox cascade`);
  const { rows } = await database.pool.query<{ id: string; role: string }>(`
    insert into portal.users (email, name, role)
    values ('owner@example.org', 'Olga', 'member'), ('a@example.org', 'Ada', 'admin'), ('b@example.org', 'Bo', 'admin')
    returning id, role`);
  ownerId = rows.find(({ role }) => role === 'member')?.id ?? '';
  adminIds = rows.filter(({ role }) => role === 'admin').map(({ id }) => id);
});

async function anUpload({ owner = ownerId } = {}) {
  const id = randomUUID();
  const film = { id, uploadId: `upload-${id}`, assetId: `asset-${id}` };
  await database.pool.query(
    `insert into portal.assets (id, owner_id, title, mux_upload_id) values ($1, $2, 'Sunrise', $3)`,
    [id, owner, film.uploadId],
  );
  return film;
}

type Film = Awaited<ReturnType<typeof anUpload>>;

/** One of the recorded bodies, about this film. */
function anEvent(name: string, film: Film, changes: Partial<MuxBody> = {}): MuxBody {
  const body = JSON.parse(muxFixture(name).toString());
  const ids = name.startsWith('video.upload.')
    ? { id: film.uploadId, asset_id: film.assetId, new_asset_settings: { passthrough: film.id } }
    : { id: film.assetId, upload_id: film.uploadId, passthrough: film.id };
  return { ...body, id: randomUUID(), ...changes, data: { ...body.data, ...ids, ...changes.data } };
}

const rowsOf = async (statement: string, values: unknown[] = []) =>
  (await database.pool.query(statement, values)).rows;
const assetOf = async (film: Film) =>
  (await rowsOf('select * from portal.assets where id = $1', [film.id]))[0];
const count = async (table: string) =>
  Number((await rowsOf(`select count(*) from portal.${table}`))[0].count);

describe('a film that becomes ready', () => {
  test('is playable, told to its owner, recorded, and published, all from one event', async () => {
    const film = await anUpload();
    const processor = aMuxProcessor(database.pool);
    const event = anEvent('video.asset.ready', film);

    await expect(processor.process([aMuxRecord(event)])).resolves.toEqual([]);

    const asset = await assetOf(film);
    expect(asset).toMatchObject({
      status: 'ready',
      mux_asset_id: film.assetId,
      duration_seconds: 12.5,
      playback_policy: 'signed',
    });
    expect(asset.playback_url).toMatch(/^https:\/\/stream\.mux\.com\/[^?]+\.m3u8\?token=ey/);
    expect(asset.playback_url_expires_at.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000);

    const [history] = await rowsOf('select * from portal.asset_events');
    expect(history).toMatchObject({
      asset_id: film.id,
      from_status: 'awaiting-upload',
      to_status: 'ready',
      applied: true,
    });
    const [notification, ...others] = await rowsOf('select * from portal.notifications');
    expect(others).toEqual([]);
    expect(notification).toMatchObject({
      user_id: ownerId,
      kind: 'asset.ready',
      mail_status: 'pending',
      asset_id: film.id,
    });
    const outbox = await rowsOf(
      'select * from portal.outbox where published_at is not null order by type',
    );
    expect(outbox.map(({ type }) => type)).toEqual(['asset.ready', 'notification.requested']);
    expect(processor.published.map(({ id }) => id).sort()).toEqual(
      outbox.map(({ id }) => id).sort(),
    );
    const [ledger] = await rowsOf('select * from portal.webhook_events');
    expect(ledger).toMatchObject({
      source: 'mux',
      event_id: event.id,
      status: 'processed',
      body: JSON.stringify(event),
      effects: { assetEvents: [history.id], notifications: [notification.id] },
    });
    expect([...ledger.effects.outbox].sort()).toEqual(outbox.map(({ id }) => id).sort());
  });

  test('has a plain URL where its playback is public', async () => {
    const film = await anUpload();
    await aMuxProcessor(database.pool).process([
      aMuxRecord(anEvent('video.asset.ready.public', film)),
    ]);

    expect(await assetOf(film)).toMatchObject({
      playback_url: expect.stringMatching(/\.m3u8$/),
      playback_url_expires_at: null,
    });
  });

  test('stays ready when the news of its making comes later, which is recorded and moves nothing', async () => {
    const film = await anUpload();
    const processor = aMuxProcessor(database.pool);
    await processor.process([aMuxRecord(anEvent('video.asset.ready', film))]);
    const before = await assetOf(film);

    await processor.process([
      aMuxRecord(anEvent('video.asset.created', film, { created_at: '2020-01-01T00:00:00Z' })),
    ]);

    expect({ ...(await assetOf(film)), updated_at: 0 }).toEqual({ ...before, updated_at: 0 });
    expect(await rowsOf('select applied from portal.asset_events order by recorded_at')).toEqual([
      { applied: true },
      { applied: false },
    ]);
    expect(await count('notifications')).toBe(1);
  });

  test('tells its whole story from one batch, in whatever order the batch holds it', async () => {
    const film = await anUpload();
    const story = [
      anEvent('video.asset.ready', film, { created_at: '2026-03-01T10:00:03Z' }),
      anEvent('video.asset.created', film, { created_at: '2026-03-01T10:00:02Z' }),
      anEvent('video.upload.asset_created', film, { created_at: '2026-03-01T10:00:01Z' }),
    ];

    await aMuxProcessor(database.pool).process(story.map((event) => aMuxRecord(event)));

    const history = await rowsOf(
      'select from_status, to_status from portal.asset_events order by occurred_at',
    );
    expect(history).toEqual([
      { from_status: 'awaiting-upload', to_status: 'processing' },
      { from_status: 'processing', to_status: 'processing' },
      { from_status: 'processing', to_status: 'ready' },
    ]);
  });
});

test('a film that fails is told to its owner and to every admin, with Mux’s reason', async () => {
  const film = await anUpload();
  await aMuxProcessor(database.pool).process([aMuxRecord(anEvent('video.asset.errored', film))]);

  expect(await assetOf(film)).toMatchObject({
    status: 'failed',
    playback_url: null,
    failure_reason: expect.stringMatching(/./),
  });
  const told = await rowsOf('select user_id, kind, params from portal.notifications');
  expect(told.map(({ user_id, kind }) => `${kind} ${user_id}`).sort()).toEqual(
    [`asset.failed ${ownerId}`, ...adminIds.map((id) => `asset.failed.admin ${id}`)].sort(),
  );
  expect(told.every(({ params }) => params.reason.length > 0)).toBe(true);
  expect(told.find(({ kind }) => kind === 'asset.failed.admin')?.params.ownerName).toBe('Olga');
});

test('an admin’s own film that fails is told to that admin once', async () => {
  const film = await anUpload({ owner: adminIds[0] as string });
  await aMuxProcessor(database.pool).process([aMuxRecord(anEvent('video.asset.errored', film))]);

  expect(
    await rowsOf('select kind from portal.notifications where user_id = $1', [adminIds[0]]),
  ).toEqual([{ kind: 'asset.failed' }]);
});

test('a film that nobody knows is kept without an owner, and becomes the portal’s own once an event names it', async () => {
  const film = await anUpload();
  const processor = aMuxProcessor(database.pool);
  const unknown = anEvent('video.asset.ready', film, {
    data: { upload_id: undefined, passthrough: undefined },
  });
  await processor.process([aMuxRecord(unknown)]);
  expect(
    await rowsOf('select owner_id, status from portal.assets where mux_asset_id = $1', [
      film.assetId,
    ]),
  ).toEqual([{ owner_id: null, status: 'ready' }]);

  await processor.process([
    aMuxRecord(anEvent('video.asset.created', film, { created_at: '2020-01-01T00:00:00Z' })),
  ]);

  expect(await count('assets')).toBe(1);
  expect(await assetOf(film)).toMatchObject({
    status: 'ready',
    owner_id: ownerId,
    mux_asset_id: film.assetId,
  });
  expect(await rowsOf('select distinct asset_id from portal.asset_events')).toEqual([
    { asset_id: film.id },
  ]);
  expect(await rowsOf('select kind, user_id from portal.notifications')).toEqual([
    { kind: 'asset.ready', user_id: ownerId },
  ]);
});

test('a second asset of Mux with the same passthrough is a film of its own', async () => {
  const film = await anUpload();
  const processor = aMuxProcessor(database.pool);
  await processor.process([aMuxRecord(anEvent('video.asset.ready', film))]);
  const clip = anEvent(
    'video.asset.errored',
    { ...film, assetId: 'a-clip' },
    { data: { upload_id: undefined } },
  );

  await processor.process([aMuxRecord(clip)]);

  expect(await assetOf(film)).toMatchObject({ status: 'ready' });
  expect(
    await rowsOf(`select owner_id, status from portal.assets where mux_asset_id = 'a-clip'`),
  ).toEqual([{ owner_id: null, status: 'failed' }]);
});

test('a second upload with the same passthrough is a film of its own', async () => {
  const film = await anUpload();
  const other = anEvent(
    'video.upload.cancelled',
    { ...film, uploadId: 'another' },
    { data: { asset_id: undefined } },
  );

  await aMuxProcessor(database.pool).process([aMuxRecord(other)]);

  expect(await assetOf(film)).toMatchObject({
    status: 'awaiting-upload',
    mux_upload_id: film.uploadId,
  });
  expect(
    await rowsOf(`select owner_id, status from portal.assets where mux_upload_id = 'another'`),
  ).toEqual([{ owner_id: null, status: 'cancelled' }]);
});

test('the ledger keeps of each event in a batch the body that it came with', async () => {
  const film = await anUpload();
  const names = [
    'video.asset.ready',
    'video.upload.asset_created',
    'video.asset.created',
    'video.upload.created',
  ];
  const events = names.map((name) => anEvent(name, film));

  await aMuxProcessor(database.pool).process(events.map((event) => aMuxRecord(event)));

  const ledger = await rowsOf(
    'select event_id as id, body::jsonb as body from portal.webhook_events',
  );
  expect(ledger).toHaveLength(events.length);
  for (const { id, type } of events)
    expect(ledger).toContainEqual({ id, body: expect.objectContaining({ id, type }) });
});

test('an event that changes nothing is recorded as ignored, without what is private in it', async () => {
  const event = JSON.parse(muxFixture('video.upload.created').toString());
  const { url } = event.data;
  await aMuxProcessor(database.pool).process([aMuxRecord(event)]);

  const [ledger] = await rowsOf('select status, body, effects from portal.webhook_events');
  expect(ledger).toMatchObject({ status: 'ignored', effects: {} });
  expect(new URL(url).search).not.toBe('');
  expect(ledger.body).not.toContain(new URL(url).search);
  expect(await count('assets')).toBe(0);
});

test('an event of our own is recorded as such among others, and has no effect', async () => {
  const film = await anUpload();
  const smoke = {
    id: 'smoke-1',
    type: syntheticType,
    created_at: '2026-03-01T10:00:00.000Z',
    data: {},
  };
  const failed = await aMuxProcessor(database.pool).process([
    aMuxRecord(smoke),
    aMuxRecord(anEvent('video.asset.ready', film)),
    aMuxRecord(smoke),
  ]);

  expect(failed).toEqual([]);
  expect(
    await rowsOf(`select status, effects from portal.webhook_events where event_id = 'smoke-1'`),
  ).toEqual([{ status: 'synthetic', effects: {} }]);
  expect(await assetOf(film)).toMatchObject({ status: 'ready' });
  expect(await count('asset_events')).toBe(1);
});

test('20 deliveries of one event at once, alone and in batches, have one effect', async () => {
  const film = await anUpload();
  const event = anEvent('video.asset.ready', film);
  const processors = Array.from({ length: 20 }, () => aMuxProcessor(database.pool));

  const answers = await Promise.all(
    processors.map((processor, index) =>
      processor.process(Array.from({ length: 1 + (index % 3) }, () => aMuxRecord(event))),
    ),
  );

  expect(answers.flat()).toEqual([]);
  for (const table of ['asset_events', 'notifications', 'webhook_events', 'idempotency_records'])
    expect([table, await count(table)]).toEqual([table, 1]);
  expect(processors.flatMap(({ published }) => published)).toHaveLength(2);
});

describe('a batch with an event that cannot be applied', () => {
  test('applies all the others, records that one with its body as exhausted, and gives nothing back', async () => {
    const films = await Promise.all(Array.from({ length: 9 }, () => anUpload()));
    const poison = anEvent('video.asset.ready', {
      ...(films[0] as Film),
      assetId: 'somebody-elses',
    });
    const events = films.map((film) => anEvent('video.asset.ready', film));
    const processor = aMuxProcessor(database.pool);
    await processor.process([aMuxRecord(events[0] as MuxBody)]);

    const again = await processor.process(
      [...events.slice(1), poison].map((event) => aMuxRecord(event)),
    );

    expect(again).toEqual([]);
    expect(await rowsOf(`select count(*)::int from portal.assets where status = 'ready'`)).toEqual([
      { count: 9 },
    ]);
    expect(
      await rowsOf(
        `select event_id, status, error_code, body from portal.webhook_events where status <> 'processed'`,
      ),
    ).toEqual([
      {
        event_id: poison.id,
        status: 'exhausted',
        error_code: 'contradictory-film',
        body: JSON.stringify(poison),
      },
    ]);
  });

  test('gives back only what may pass later, and says in the ledger what went wrong', async () => {
    const [film, other] = [await anUpload(), await anUpload()];
    const processor = aMuxProcessor(database.pool, {
      readKey: () => Promise.reject(new Error('no key for u@example.org')),
    });
    const records = [
      aMuxRecord(anEvent('video.asset.ready', film)),
      aMuxRecord(anEvent('video.asset.created', other)),
    ];

    const again = await processor.process(records);

    expect(again).toEqual([records[0]?.messageId]);
    expect(await assetOf(film)).toMatchObject({ status: 'awaiting-upload' });
    expect(await assetOf(other)).toMatchObject({ status: 'processing' });
    const [failed] = await rowsOf(`select * from portal.webhook_events where status = 'failed'`);
    expect(failed).toMatchObject({ attempts: 1, error_code: 'unexpected' });
    expect(failed.error_message).toMatch(/^no key for \*\*\*@example\.org\n\s+at /);
  });

  test('applies what failed before once it can be, and the ledger says so', async () => {
    const film = await anUpload();
    const event = anEvent('video.asset.ready', film);
    const broken = aMuxProcessor(database.pool, {
      readKey: () => Promise.reject(new Error('no key')),
    });
    await broken.process([aMuxRecord(event)]);
    await broken.process([aMuxRecord(event)]);

    await aMuxProcessor(database.pool).process([aMuxRecord(event)]);

    expect(await rowsOf('select status, attempts from portal.webhook_events')).toEqual([
      { status: 'processed', attempts: 3 },
    ]);
    expect(await assetOf(film)).toMatchObject({ status: 'ready' });
  });

  test('leaves to the next receive what there is no time for', async () => {
    const film = await anUpload();
    const records = [
      aMuxRecord(anEvent('video.asset.errored', film)),
      aMuxRecord(anEvent('video.asset.ready', { ...film, assetId: 'another' })),
    ];

    const again = await aMuxProcessor(database.pool, { remainingMs: 1_000 }).process(records);

    expect(again).toEqual(records.map(({ messageId }) => messageId));
  });
});

test('what no verifier of ours can have sent stays in the queue for the dead letters', async () => {
  const record = aRecord('{}', { provider: 'mux' });

  await expect(aMuxProcessor(database.pool).process([record])).resolves.toEqual([record.messageId]);
});

test('a bus that is down loses nothing: the event is applied and the outbox keeps what to publish', async () => {
  const film = await anUpload();

  await expect(
    aMuxProcessor(database.pool, { busIsDown: true }).process([
      aMuxRecord(anEvent('video.asset.ready', film)),
    ]),
  ).resolves.toEqual([]);

  expect(await rowsOf('select published_at, attempts, last_error from portal.outbox')).toEqual([
    { published_at: null, attempts: 1, last_error: 'down' },
    { published_at: null, attempts: 1, last_error: 'down' },
  ]);
});

test('while Postgres cannot be reached the whole batch goes back after one attempt', async () => {
  const nowhere = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
  let attempts = 0;
  const connect = nowhere.connect.bind(nowhere) as () => Promise<pg.PoolClient>;
  nowhere.connect = (async () => {
    attempts += 1;
    return connect();
  }) as typeof nowhere.connect;
  const film = await anUpload();
  const records = [
    aMuxRecord(anEvent('video.asset.ready', film)),
    aMuxRecord(anEvent('video.asset.created', film)),
  ];

  await expect(aMuxProcessor(nowhere).process(records)).resolves.toEqual(
    records.map(({ messageId }) => messageId),
  );
  expect(attempts).toBe(1);
});
