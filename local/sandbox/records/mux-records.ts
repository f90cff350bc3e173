import type { MuxEvent } from '../mux-events.ts';

/** Mux's own state of uploads and assets, which does not depend on deliveries. */
export interface MuxRecords {
  record(event: MuxEvent): void;
  asset(id: string): object | undefined;
  upload(id: string): object | undefined;
}

interface RecordedState {
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly deleted: boolean;
}

/** Keeps the newest state of each object, by the time of its events. */
export function makeMuxRecords(): MuxRecords {
  const assets = new Map<string, RecordedState>();
  const uploads = new Map<string, RecordedState>();

  function keep(states: Map<string, RecordedState>, event: MuxEvent): void {
    const id = String(event.data['id']);
    const known = states.get(id);
    if (known !== undefined && (known.deleted || known.at > event.created_at)) return;
    const { created_at: at, data, type } = event;
    states.set(id, { at, data, deleted: type === 'video.asset.deleted' });
  }

  const found = (state: RecordedState | undefined) =>
    state === undefined || state.deleted ? undefined : toRestObject(state.data);

  return {
    record(event) {
      if (event.type.startsWith('video.upload.')) keep(uploads, event);
      if (!event.type.startsWith('video.asset.')) return;
      keep(assets, event);
      const upload = uploads.get(String(event.data['upload_id']));
      if (upload?.data['asset_id'] === undefined) recordUploadOf(event);
    },
    asset: (id) => found(assets.get(id)),
    upload: (id) => found(uploads.get(id)),
  };

  /** An asset proves that its upload succeeded, also if no event of the upload was made. */
  function recordUploadOf({ created_at: at, data }: MuxEvent): void {
    const { upload_id: id, id: asset_id, passthrough, meta } = data;
    if (typeof id !== 'string') return;
    const upload = {
      id,
      status: 'asset_created',
      asset_id,
      timeout: 3600,
      new_asset_settings: { passthrough, meta, playback_policies: ['signed'] },
    };
    uploads.set(id, { at, deleted: false, data: upload });
  }
}

/** The API writes the creation time as text, webhooks write it as a number. */
const toRestObject = (data: Readonly<Record<string, unknown>>): object =>
  'created_at' in data ? { ...data, created_at: String(data['created_at']) } : { ...data };
