import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type MuxFilm, muxId } from '../sandbox/mux-events.ts';

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'member' | 'admin';
}

type AssetStatus = 'awaiting-upload' | 'processing' | 'ready' | 'failed' | 'cancelled';

const memberId = (index: number) => `00000000-0000-4000-8000-00000000000${index}`;

// Resend takes these addresses and mails nobody, so a real key does no harm: https://resend.com/docs/dashboard/emails/send-test-emails
export const members = {
  mira: {
    id: memberId(1),
    email: 'delivered+mira@resend.dev',
    name: 'Mira Okafor',
    role: 'member',
  },
  tom: { id: memberId(2), email: 'delivered+tom@resend.dev', name: 'Tom Nguyen', role: 'member' },
  ines: {
    id: memberId(3),
    email: 'delivered+ines@resend.dev',
    name: 'Ines Castillo',
    role: 'admin',
  },
  raj: { id: memberId(4), email: 'delivered+raj@resend.dev', name: 'Raj Patel', role: 'admin' },
} as const satisfies Record<string, Member>;

const films: readonly { owner: Member; title: string; status: AssetStatus }[] = [
  { owner: members.mira, title: 'Harbour at dawn', status: 'awaiting-upload' },
  { owner: members.mira, title: 'Stunt reel 2026', status: 'processing' },
  { owner: members.tom, title: 'Interview, take 3', status: 'processing' },
  { owner: members.tom, title: 'Show opener', status: 'ready' },
  { owner: members.ines, title: 'Festival cut', status: 'failed' },
  { owner: members.raj, title: 'Old trailer', status: 'cancelled' },
];

const INSERT_MEMBERS = `
  insert into portal.users (id, email, name, role)
  select id, email, name, role from jsonb_to_recordset($1::jsonb) as member (id uuid, email text, name text, role text)
  on conflict do nothing`;

const INSERT_ASSETS = `
  insert into portal.assets
    (id, owner_id, title, status, mux_upload_id, mux_asset_id, ready_at, failed_at, failure_reason)
  select id, owner_id, title, status, mux_upload_id, mux_asset_id,
         case status when 'ready' then now() end,
         case status when 'failed' then now() end,
         case status when 'failed' then 'The file is not a video that Mux can read.' end
    from jsonb_to_recordset($1::jsonb)
      as film (id uuid, owner_id uuid, title text, status text, mux_upload_id text, mux_asset_id text)
  on conflict do nothing`;

/** Members, and assets in several states. Adds what is missing and changes nothing that is there. */
export async function addSamplePortal(pool: pg.Pool): Promise<void> {
  await pool.query(INSERT_MEMBERS, [JSON.stringify(Object.values(members))]);
  const rows = films.map(({ owner, title, status }, index) => {
    const id = `00000000-0000-4000-9000-00000000000${index + 1}`;
    return assetRow({ id, owner, title, status });
  });
  await pool.query(INSERT_ASSETS, [JSON.stringify(rows)]);
}

export async function addMember(
  pool: pg.Pool,
  { name, email }: Pick<Member, 'name' | 'email'>,
): Promise<Member> {
  const member: Member = { id: randomUUID(), name, email, role: 'member' };
  await pool.query(INSERT_MEMBERS, [JSON.stringify([member])]);
  return member;
}

interface NewAsset {
  readonly id: string;
  readonly owner: Member;
  readonly title: string;
  readonly status: AssetStatus;
}

function assetRow({ id, owner, title, status }: NewAsset) {
  const uploaded = status !== 'awaiting-upload' && status !== 'cancelled';
  return {
    id,
    owner_id: owner.id,
    title,
    status,
    mux_upload_id: uploadIdOf(id),
    mux_asset_id: uploaded ? assetIdOf(id) : null,
  };
}

const uploadIdOf = (id: string) => muxId(`upload ${id}`, 46);
const assetIdOf = (id: string) => muxId(`asset ${id}`);

/** A new film, as the portal knows it once a member has asked for an upload, or once Mux has the file. */
export async function addFilm(
  pool: pg.Pool,
  {
    owner = members.mira,
    title = 'A new film',
    status = 'awaiting-upload',
  }: Partial<Omit<NewAsset, 'id'>> = {},
): Promise<MuxFilm> {
  const id = randomUUID();
  await pool.query(INSERT_ASSETS, [JSON.stringify([assetRow({ id, owner, title, status })])]);
  return {
    uploadId: uploadIdOf(id),
    assetId: assetIdOf(id),
    passthrough: id,
    title,
    creatorId: owner.id,
  };
}

const FIND_FILMS = `
  select id, title, owner_id, mux_upload_id, mux_asset_id, status
    from portal.assets
   where mux_upload_id is not null and title is not null and owner_id is not null
   order by created_at, id`;

interface FilmRow {
  readonly id: string;
  readonly title: string;
  readonly owner_id: string;
  readonly mux_upload_id: string;
  readonly mux_asset_id: string | null;
  readonly status: string;
}

/** The films of the portal, with the ids that Mux knows them by or will. */
export async function listFilms(
  pool: pg.Pool,
): Promise<readonly (MuxFilm & { readonly status: string })[]> {
  const { rows } = await pool.query<FilmRow>(FIND_FILMS);
  return rows.map(({ id, title, owner_id, mux_upload_id, mux_asset_id, status }) => ({
    uploadId: mux_upload_id,
    assetId: mux_asset_id ?? assetIdOf(id),
    passthrough: id,
    title,
    creatorId: owner_id,
    status,
  }));
}
