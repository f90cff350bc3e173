import { muxId } from '../../local/sandbox/mux-events.ts';
import type { SoakPlan } from './plan.ts';
import { INSERT_OWNERS, INSERT_VIDEOS } from './soak.queries.ts';
import type { SoakWorld } from './world.ts';

const ROWS_PER_INSERT = 5_000;

/** Inserts the videos as they are before their upload, and their owners. */
export async function insertVideos({ query }: SoakWorld, { videos }: SoakPlan): Promise<void> {
  for (let from = 0; from < videos.length; from += ROWS_PER_INSERT) {
    const some = videos.slice(from, from + ROWS_PER_INSERT);
    const owners = some.map(({ ownerId: id, address: email, title: name }) => ({
      id,
      email,
      name,
    }));
    const rows = some.map(({ id, ownerId: owner_id, title }) => ({
      id,
      owner_id,
      title,
      upload_id: muxId(`upload ${id}`, 46),
    }));
    await query(INSERT_OWNERS, [JSON.stringify(owners)]);
    await query(INSERT_VIDEOS, [JSON.stringify(rows)]);
  }
}
