import { findAssets } from '../../assets/search-assets.queries.ts';
import type { ArgumentsOf } from '../../catalog/operator-commands.ts';
import { providers } from '../../catalog/providers.ts';
import { eventStatuses } from '../../catalog/statuses.ts';
import { canonicalAddress } from '../../notifications/email-address.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool, Queryable } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { listEvents } from '../../webhooks/event-search.queries.ts';
import {
  findEventsOfAddress,
  findEventsOfAssets,
  findEventsWithText,
  isStatementTimeout,
} from '../../webhooks/related-events.queries.ts';
import { listReplays } from '../../webhooks/replay-list.queries.ts';
import {
  type CommandHandlers,
  CommandRejectedError,
  nextCursor,
  type OperationResult,
} from './command-handlers.ts';

export interface EventSearchDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

type EventSearchCommands = CommandHandlers<'events list' | 'events search' | 'events replays'>;

type Search = Omit<ArgumentsOf<'events search'>, 'text' | 'reason'> & { readonly text?: string };

/** Days that are searched without a start time: bodies have no index of their texts. */
const SEARCHED_DAYS = 7;

export function makeEventSearchCommands({ pool, now }: EventSearchDeps): EventSearchCommands {
  const list = async (search: Search): Promise<OperationResult> => {
    try {
      return await inTransaction(await pool(), (tx) => listFound(tx, search, now()));
    } catch (error) {
      if (!isStatementTimeout(error)) throw error;
      throw new CommandRejectedError(
        'invalid-request',
        'The search took too long. Narrow it with since, until, provider or type.',
      );
    }
  };
  return {
    'events list': list,
    'events search': ({ reason: _, ...search }) => list(search),
    async 'events replays'({ event, provider, replay }) {
      const sources = provider === undefined ? providers : [provider];
      return { replays: await listReplays(await pool(), { sources, events: event, ids: replay }) };
    },
  };
}

async function listFound(
  db: Queryable,
  { asset, to, text, limit, cursor, status, ...given }: Search,
  now: Date,
): Promise<OperationResult> {
  const since = given.since ?? new Date(now.getTime() - SEARCHED_DAYS * 86_400_000).toISOString();
  const found = [
    ...(asset === undefined ? [] : [await findOfAsset(db, asset)]),
    ...(to === undefined
      ? []
      : [await findEventsOfAddress(db, { address: canonicalAddress(to), since })]),
    ...(text === undefined
      ? []
      : [await findEventsWithText(db, { text, since, until: given.until })]),
  ];
  const ids = found.length === 0 ? undefined : intersectionOf(found);
  const filter = {
    ...given,
    ...(text === undefined ? {} : { since }),
    statuses: status ?? eventStatuses,
  };
  const events = await listEvents(db, filter, { cursor, limit }, ids);
  return { events, cursor: nextCursor(events, limit) };
}

/** Includes failed events that name the id in their body, because they changed no asset. */
async function findOfAsset(db: Queryable, id: string): Promise<readonly string[]> {
  const rows = await findAssets(db, id);
  const names = [id, ...rows.flatMap(({ muxAssetId, muxUploadId }) => [muxAssetId, muxUploadId])];
  return findEventsOfAssets(db, {
    assetIds: rows.map((row) => row.id),
    names: [...new Set(names.filter((name) => name !== null))],
  });
}

const intersectionOf = (lists: readonly (readonly string[])[]): readonly string[] => {
  const [first = [], ...others] = lists;
  const sets = others.map((ids) => new Set(ids));
  return first.filter((id) => sets.every((ids) => ids.has(id)));
};
