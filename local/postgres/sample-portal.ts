import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type MuxAsset, muxId } from '../sandbox/mux-events.ts';

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'member' | 'admin';
}

type AssetStatus = 'awaiting-upload' | 'processing' | 'ready' | 'failed' | 'cancelled';

const memberId = (index: number) => `00000000-0000-4000-8000-00000000000${index}`;

/**
 * Members with test addresses of Resend: even with a real key, no mail reaches a person.
 * https://resend.com/docs/dashboard/emails/send-test-emails
 */
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

const sampleAssets: readonly { owner: Member; title: string; status: AssetStatus }[] = [
  { owner: members.mira, title: 'Harbour at dawn', status: 'awaiting-upload' },
  { owner: members.mira, title: 'Stunt reel 2026', status: 'processing' },
  { owner: members.tom, title: 'Interview, take 3', status: 'processing' },
  { owner: members.tom, title: 'Show opener', status: 'ready' },
  { owner: members.ines, title: 'Festival cut', status: 'failed' },
  { owner: members.raj, title: 'Old trailer', status: 'cancelled' },
];

const INSERT_MEMBERS = `
  insert into portal.users (id, email, name, role)
  select id, email, name, role
    from jsonb_to_recordset($1::jsonb) as member (id uuid, email text, name text, role text)
  on conflict do nothing`;

const INSERT_ASSETS = `
  insert into portal.assets
    (id, owner_id, title, status, mux_upload_id, mux_asset_id, ready_at, failed_at, failure_reason)
  select id, owner_id, title, status, mux_upload_id, mux_asset_id,
         case status when 'ready' then now() end,
         case status when 'failed' then now() end,
         case status when 'failed' then 'The file is not a video that Mux can read.' end
    from jsonb_to_recordset($1::jsonb)
      as asset (id uuid, owner_id uuid, title text, status text,
                mux_upload_id text, mux_asset_id text)
  on conflict do nothing`;

/** Inserts members, and assets in several statuses. Never changes existing rows. */
export async function addSamplePortal(pool: pg.Pool): Promise<void> {
  await pool.query(INSERT_MEMBERS, [JSON.stringify(Object.values(members))]);
  const rows = sampleAssets.map(({ owner, title, status }, index) => {
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

/** Inserts an asset, in the state after the upload request or after Mux received the file. */
export async function addAsset(
  pool: pg.Pool,
  {
    owner = members.mira,
    title = 'A new video',
    status = 'awaiting-upload',
  }: Partial<Omit<NewAsset, 'id'>> = {},
): Promise<MuxAsset> {
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

const LIST_ASSETS = `
  select id, title, owner_id, mux_upload_id, mux_asset_id, status
    from portal.assets
   where mux_upload_id is not null and title is not null and owner_id is not null
   order by created_at, id`;

interface AssetRow {
  readonly id: string;
  readonly title: string;
  readonly owner_id: string;
  readonly mux_upload_id: string;
  readonly mux_asset_id: string | null;
  readonly status: string;
}

/** Lists the assets with their Mux ids, including ids that Mux has not assigned yet. */
export async function listAssets(
  pool: pg.Pool,
): Promise<readonly (MuxAsset & { readonly status: string })[]> {
  const { rows } = await pool.query<AssetRow>(LIST_ASSETS);
  return rows.map(({ id, title, owner_id, mux_upload_id, mux_asset_id, status }) => ({
    uploadId: mux_upload_id,
    assetId: mux_asset_id ?? assetIdOf(id),
    passthrough: id,
    title,
    creatorId: owner_id,
    status,
  }));
}
