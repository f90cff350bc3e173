import { providers } from '../../catalog/providers.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import type { EventQueues } from '../event-queues.ts';
import { withLease } from '../with-lease.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface DeadLetterCommandDeps {
  readonly queues: Pick<EventQueues, 'summarizeDeadLetters' | 'redriveDeadLetters'>;
  readonly pool: GetPool;
  readonly now: Clock;
}

// The function ends after 29 s, and a slow round takes up to 15 s.
const REDRIVE_MS = 12_000;

type DeadLetterCommands = CommandHandlers<'dead-letters list' | 'dead-letters redrive'>;

export function makeDeadLetterCommands({
  queues,
  pool,
  now,
}: DeadLetterCommandDeps): DeadLetterCommands {
  return {
    async 'dead-letters list'({ provider }) {
      return { queues: await Promise.all(selected(provider).map(queues.summarizeDeadLetters)) };
    },

    async 'dead-letters redrive'({ provider, dryRun, limit }, operator) {
      const redrive = async (each: string) => {
        if (dryRun) {
          const { waiting } = await queues.summarizeDeadLetters(each);
          return { provider: each, waiting };
        }
        const startedAt = now();
        const endsAt = new Date(startedAt.getTime() + REDRIVE_MS);
        const run = { pool, startedAt, endsAt, now };
        return { provider: each, ...(await queues.redriveDeadLetters(each, limit, run)) };
      };
      const redriveAll = () => Promise.all(selected(provider).map(redrive));
      const queueResults = dryRun
        ? await redriveAll()
        : await withLease('dead-letters redrive', operator, redriveAll, { pool, now });
      return { queues: queueResults };
    },
  };
}

const selected = (provider: string | undefined): readonly string[] =>
  provider === undefined ? providers : [provider];
