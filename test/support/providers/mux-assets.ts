import { randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import { useDatabase } from '../postgres/database.ts';
import type { MuxBody } from '../processor.ts';
import { muxFixture } from './mux.ts';

export interface UploadedAsset {
  readonly id: string;
  readonly uploadId: string;
  readonly assetId: string;
}

/** Provides a database with one member and two admins, and functions to insert and read assets. */
export function useMuxAssets() {
  const database = useDatabase({ connections: 30 });
  const users = { ownerId: '', adminIds: [] as readonly string[] };

  beforeEach(async () => {
    await database.pool.query(`
      truncate portal.users, portal.assets, portal.asset_events, portal.webhook_events,
        portal.idempotency_records, portal.notifications, portal.outbox cascade`);
    const { rows } = await database.pool.query<{ id: string; role: string }>(`
      insert into portal.users (email, name, role)
      values ('owner@example.org', 'Olga', 'member'), ('a@example.org', 'Ada', 'admin'),
             ('b@example.org', 'Bo', 'admin')
      returning id, role`);
    users.ownerId = rows.find(({ role }) => role === 'member')?.id ?? '';
    users.adminIds = rows.filter(({ role }) => role === 'admin').map(({ id }) => id);
  });

  const rowsOf = async (statement: string, values: unknown[] = []) =>
    (await database.pool.query(statement, values)).rows;
  return {
    database,
    users,
    rowsOf,
    async anUpload({ owner = users.ownerId } = {}): Promise<UploadedAsset> {
      const id = randomUUID();
      const asset = { id, uploadId: `upload-${id}`, assetId: `asset-${id}` };
      await database.pool.query(
        `insert into portal.assets (id, owner_id, title, mux_upload_id)
         values ($1, $2, 'Sunrise', $3)`,
        [id, owner, asset.uploadId],
      );
      return asset;
    },
    assetOf: async ({ id }: UploadedAsset) =>
      (await rowsOf('select * from portal.assets where id = $1', [id]))[0],
    count: async (table: string) =>
      Number((await rowsOf(`select count(*) from portal.${table}`))[0].count),
  };
}

/** Returns a recorded body with the ids of the asset and a new event id. */
export function anEvent(
  name: string,
  asset: UploadedAsset,
  changes: Partial<MuxBody> = {},
): MuxBody {
  const body = JSON.parse(muxFixture(name).toString());
  const ids = name.startsWith('video.upload.')
    ? { id: asset.uploadId, asset_id: asset.assetId, new_asset_settings: { passthrough: asset.id } }
    : { id: asset.assetId, upload_id: asset.uploadId, passthrough: asset.id };
  return { ...body, id: randomUUID(), ...changes, data: { ...body.data, ...ids, ...changes.data } };
}
