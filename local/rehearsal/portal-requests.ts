import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { portalOperations } from '../../lambdas/catalog/portal-api.ts';
import type { LocalInstance } from '../local-instance.ts';
import { listAssets, members } from '../postgres/sample-portal.ts';
import { NotFoundError, UserError } from '../user-error.ts';

/** Requests of the portal, as `npm run send` makes them. */
export interface PortalRequests {
  'share-link': { readonly asset?: string | undefined; readonly days: number };
  upload: { readonly title: string };
  invitation: { readonly email: string; readonly daysAgo: number };
}

export type PortalRequestName = keyof PortalRequests;

/** Names and values for people, in the order in which they are printed. */
export type PortalResult = readonly (readonly [name: string, value: string])[];

type PortalLocal = Pick<LocalInstance, 'url' | 'pool' | 'muxApi'>;

const DAY_MS = 24 * 60 * 60_000;

export const portalRequests: {
  readonly [Name in PortalRequestName]: (
    local: PortalLocal,
    request: PortalRequests[Name],
  ) => Promise<PortalResult>;
} = {
  'share-link': createShareLink,
  upload: createUpload,
  invitation: createInvitation,
};

async function createShareLink(
  { url, pool }: PortalLocal,
  { asset, days }: PortalRequests['share-link'],
): Promise<PortalResult> {
  const ready = (await listAssets(pool)).filter(({ status }) => status === 'ready');
  const named = ready.find(
    (one) => one.passthrough === asset || one.title.toLowerCase() === asset?.toLowerCase(),
  );
  const selected = asset === undefined ? ready[0] : named;
  if (selected === undefined)
    throw new NotFoundError(
      `The portal has no video${asset === undefined ? '' : ` '${asset}'`} that is ready. ` +
        `Ready: ${ready.map(({ title }) => `'${title}'`).join(', ') || 'none'}.`,
    );
  const response = await postToPortal(url, 'create-share-link', {
    assetId: selected.passthrough,
    ownerId: selected.creatorId,
    expiresAt: new Date(Date.now() + days * DAY_MS).toISOString(),
    label: 'A link of npm run send',
  });
  return [
    ['video', selected.title],
    ['link', String(response['url'])],
    ['expires', String(response['expiresAt'])],
  ];
}

/** Creates an upload and sends a small file, after which the sandbox of Mux sends its events. */
async function createUpload(
  { url, muxApi }: PortalLocal,
  { title }: PortalRequests['upload'],
): Promise<PortalResult> {
  const response = await postToPortal(url, 'create-upload', { ownerId: members.mira.id, title });
  const uploadUrl = String(response['uploadUrl']);
  const created = [
    ['video', String(response['assetId'])],
    ['upload', uploadUrl],
  ] as const;
  if (!uploadUrl.startsWith(muxApi.url))
    return [...created, ['file', `send it yourself: curl -T <file> '${uploadUrl}'`]];
  const sent = await fetch(uploadUrl, { method: 'PUT', body: 'a video' });
  return [...created, ['file', `sent (${sent.status}); the sandbox of Mux sends its events now`]];
}

const INSERT_INVITATION = `
  insert into portal.invitations (email, invited_by, issued_at)
  values ($1::text, $2::uuid, $3::timestamptz)
  returning id`;

/** The portal inserts invitations itself; only their end is the work of this system. */
async function createInvitation(
  { pool }: PortalLocal,
  { email, daysAgo }: PortalRequests['invitation'],
): Promise<PortalResult> {
  const issuedAt = new Date(Date.now() - daysAgo * DAY_MS);
  const { rows } = await insertInvitation(pool, [email, members.ines.id, issuedAt]);
  return [
    ['invitation', rows[0]?.id ?? ''],
    ['to', email],
    ['issued', issuedAt.toISOString()],
  ];
}

async function insertInvitation(pool: pg.Pool, values: readonly unknown[]) {
  try {
    return await pool.query<{ id: string }>(INSERT_INVITATION, [...values]);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== '23505') throw error;
    throw new UserError(
      `${String(values[0])} has an open invitation. Use another --email, or end the open one: ` +
        'npm run ops -- jobs run clean-up-invitations.',
    );
  }
}

/** Posts as the backend of the portal does. Local mode accepts any signature. */
async function postToPortal(
  url: string,
  name: (typeof portalOperations)[number]['name'],
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const path = portalOperations.find((operation) => operation.name === name)?.path ?? '';
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `"${randomUUID()}"`,
      authorization: 'AWS4-HMAC-SHA256 Credential=LOCAL',
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201)
    throw new UserError(`The portal API answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
