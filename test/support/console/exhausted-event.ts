import type { LocalInstance } from '../../../local/local-instance.ts';
import { addAsset } from '../../../local/postgres/sample-portal.ts';
import { deliver, eventOf } from '../local.ts';

/**
 * Creates an exhausted event: the portal's row has another Mux asset id than the event.
 * `repair` removes the contradiction, so that a replay succeeds.
 */
export async function createExhaustedEvent(local: LocalInstance) {
  const muxAsset = await addAsset(local.pool, { status: 'processing' });
  const event = eventOf(muxAsset, 'video.asset.ready');
  const upload = event.data['upload_id'];
  await local.pool.query(
    `update portal.assets set mux_asset_id = 'wrong-' || id, binding = 'upload'
     where mux_upload_id = $1`,
    [upload],
  );
  await deliver(local, event);
  const repair = () =>
    local.pool.query(
      'update portal.assets set mux_asset_id = null, binding = null where mux_upload_id = $1',
      [upload],
    );
  return { event, repair };
}
