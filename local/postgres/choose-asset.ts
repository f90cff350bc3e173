import type pg from 'pg';
import type { MuxFilm } from '../sandbox/mux-events.ts';
import { UserError } from '../user-error.ts';
import { addFilm, listFilms } from './sample-portal.ts';

export interface FilmWish {
  /** Id or title of a film of the portal's. */
  readonly asset?: string | undefined;
  /** Of a film to be added. */
  readonly title?: string | undefined;
}

/** The states in which a film is when Mux sends an event of this type, the likeliest first. */
const statesBefore: Readonly<Record<string, readonly string[]>> = {
  'video.upload.created': ['awaiting-upload'],
  'video.upload.asset_created': ['awaiting-upload'],
  'video.upload.cancelled': ['awaiting-upload'],
  'video.upload.errored': ['awaiting-upload'],
  'video.asset.created': ['awaiting-upload'],
  'video.asset.ready': ['processing'],
  'video.asset.errored': ['processing'],
  'video.asset.deleted': ['ready', 'failed'],
};

/** The film that an event is about: the one asked for, else one that waits for such an event, else a new one. */
export async function chooseFilm(
  pool: pg.Pool,
  type: string,
  { asset, title }: FilmWish,
): Promise<MuxFilm> {
  if (asset !== undefined && title !== undefined)
    throw new UserError(
      '--asset names a film that is there, and --title a new one: give one of the two.',
    );
  const states = statesBefore[type] ?? ['ready'];
  const status = states[0] as 'awaiting-upload' | 'processing' | 'ready';
  if (title !== undefined) return addFilm(pool, { title, status });
  const films = await listFilms(pool);
  if (asset === undefined)
    return films.find((film) => states.includes(film.status)) ?? addFilm(pool, { status });

  const found = films.find(
    (film) => film.passthrough === asset || film.title.toLowerCase() === asset.toLowerCase(),
  );
  if (found !== undefined) return found;
  const titles = films.map((film) => `'${film.title}' (${film.status})`).join(', ');
  throw new UserError(`The portal has no asset '${asset}'. It has ${titles}.`);
}
