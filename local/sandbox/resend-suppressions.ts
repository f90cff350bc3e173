import { randomUUID } from 'node:crypto';
import { errorResponse, type ResendResponse } from './resend-response.ts';

export type SuppressionOrigin = 'bounce' | 'complaint' | 'manual';

/** One entry of the account's suppression list. */
export interface SandboxSuppression {
  readonly id: string;
  readonly email: string;
  readonly origin: SuppressionOrigin;
  readonly source_id: string | null;
  readonly created_at: string;
}

export type SuppressionChange = 'suppression.added' | 'suppression.removed';

export interface ResendSuppressionList {
  all(): readonly SandboxSuppression[];
  find(address: string): SandboxSuppression | undefined;
  /** @returns the existing entry if the list contains the address already. */
  add(email: string, origin: SuppressionOrigin, sourceId?: string): SandboxSuppression;
  /** @param idOrEmail Id or address of the entry. */
  remove(idOrEmail: string): SandboxSuppression | undefined;
}

/**
 * Keeps the account's suppression list, as Resend does: an address is added after its first hard
 * bounce or complaint, and no later mail to it is tried.
 * https://resend.com/docs/webhooks/suppressions/added
 */
export function makeResendSuppressionList(
  onChange: (type: SuppressionChange, entry: SandboxSuppression) => void,
): ResendSuppressionList {
  const entries = new Map<string, SandboxSuppression>();
  const keyOf = (address: string) => address.trim().toLowerCase();
  const find = (idOrEmail: string) =>
    entries.get(keyOf(idOrEmail)) ?? [...entries.values()].find(({ id }) => id === idOrEmail);
  return {
    all: () => [...entries.values()],
    find,
    add(email, origin, sourceId) {
      const existing = entries.get(keyOf(email));
      if (existing !== undefined) return existing;
      const added: SandboxSuppression = {
        id: randomUUID(),
        email,
        origin,
        source_id: sourceId ?? null,
        created_at: new Date().toISOString(),
      };
      entries.set(keyOf(email), added);
      onChange('suppression.added', added);
      return added;
    },
    remove(idOrEmail) {
      const entry = find(idOrEmail);
      if (entry === undefined) return undefined;
      entries.delete(keyOf(entry.email));
      onChange('suppression.removed', entry);
      return entry;
    },
  };
}

interface SuppressionRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

const DEFAULT_PAGE = 20;

/** https://resend.com/docs/api-reference/suppressions/list-suppressions and the pages beside it. */
export function handleResendSuppressionRequest(
  list: ResendSuppressionList,
  { method = '', url = '' }: SuppressionRequest,
  payload: string,
): ResendResponse | undefined {
  const { pathname, searchParams } = new URL(url, 'http://resend.local');
  const [, root, name] = pathname.split('/');
  if (root !== 'suppressions') return undefined;
  if (name === undefined) {
    if (method === 'GET') return ok(pageOf(list, searchParams));
    return method === 'POST' ? addManually(list, payload) : undefined;
  }
  const idOrEmail = decodeURIComponent(name);
  if (method === 'GET') return found(list.find(idOrEmail), (entry) => entry);
  if (method === 'DELETE')
    return found(list.remove(idOrEmail), ({ id }) => ({ id, deleted: true }));
  return undefined;
}

const ok = (body: object): ResendResponse => ({ statusCode: 200, body });

function found(
  entry: SandboxSuppression | undefined,
  bodyOf: (entry: SandboxSuppression) => object,
): ResendResponse {
  return entry === undefined
    ? errorResponse(404, 'not_found', 'Suppression not found')
    : ok({ object: 'suppression', ...bodyOf(entry) });
}

function pageOf(list: ResendSuppressionList, query: URLSearchParams): object {
  const origin = query.get('origin');
  const entries = list.all().filter((entry) => origin === null || entry.origin === origin);
  const after = entries.findIndex(({ id }) => id === query.get('after'));
  const limit = Number(query.get('limit') ?? DEFAULT_PAGE);
  const rest = entries.slice(after + 1);
  return { object: 'list', has_more: rest.length > limit, data: rest.slice(0, limit) };
}

function addManually(list: ResendSuppressionList, payload: string): ResendResponse {
  const { email } = JSON.parse(payload) as { readonly email?: unknown };
  if (typeof email !== 'string' || !email.includes('@'))
    return errorResponse(422, 'validation_error', 'email must be a valid address.');
  return ok({ object: 'suppression', id: list.add(email, 'manual').id });
}
