import {
  countRetriable,
  deleteSetAside,
  findSetAside,
  listUnpublished,
  retryRejected,
} from '../../outbox/outbox-commands.queries.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { type CommandHandlers, nextCursor } from './command-handlers.ts';

export interface OutboxCommandDeps {
  readonly pool: GetPool;
}

type OutboxCommands = CommandHandlers<'outbox list' | 'outbox retry' | 'outbox discard'>;

export function makeOutboxCommands({ pool }: OutboxCommandDeps): OutboxCommands {
  return {
    async 'outbox list'({ status, type, limit, cursor }) {
      const entries = await listUnpublished(await pool(), { status, type, limit, after: cursor });
      return { entries, cursor: nextCursor(entries, limit) };
    },

    async 'outbox retry'({ entry, type, dryRun, limit }) {
      const db = await pool();
      const filter = { entry, type };
      if (dryRun) return { matching: await countRetriable(db, filter), retried: 0 };
      const entries = await retryRejected(db, filter, limit);
      if (entry !== undefined && entries.length === 0) return undefined;
      return { retried: entries.length, entries };
    },

    async 'outbox discard'({ entry, dryRun }) {
      const db = await pool();
      if (dryRun) {
        const found = await findSetAside(db, entry);
        return found && { wouldDiscard: found };
      }
      const discarded = await deleteSetAside(db, entry);
      return discarded && { discarded };
    },
  };
}
