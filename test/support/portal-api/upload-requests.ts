import { afterAll, afterEach, beforeAll, beforeEach, jest } from '@jest/globals';
import { type MuxApi, startMuxApi } from '../../../local/sandbox/mux-api.ts';
import type { useDatabase } from '../postgres/database.ts';
import { addOwners, anOwner } from '../share-links/share-links.ts';
import { makeSendUpload, muxToken, type Send, type UploadOptions } from './portal-requests.ts';

/** A valid body for create-upload. */
export const anUploadBody = (changes: object = {}) => ({
  ownerId: anOwner(1),
  title: 'The harbour at dawn',
  ...changes,
});

interface AssetRow extends Record<string, unknown> {
  readonly id: string;
  readonly mux_upload_id: string | null;
}

/** Starts a fake Mux for each test, and sends upload requests that use it. */
export function useUploads(database: ReturnType<typeof useDatabase>) {
  let mux: MuxApi;
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
  const sendWith = (options: Partial<UploadOptions> = {}): Send =>
    makeSendUpload(database.pool, { muxUrl: mux.url, ...options });
  const send: Send = (call) => sendWith()(call);

  return {
    mux: () => mux,
    sendWith,
    send,
    async assets() {
      const { rows } = await database.pool.query<AssetRow>(`
        select id, owner_id, title, status, mux_upload_id
          from portal.assets order by created_at, id`);
      return rows;
    },
    async countRecords() {
      const { rowCount } = await database.pool.query('select from portal.idempotency_records');
      return rowCount;
    },
  };
}
