import { providers } from '../../catalog/providers.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import type { EventQueues } from '../event-queues.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface DeadLetterCommandDeps {
  readonly queues: Pick<EventQueues, 'summarizeDeadLetters' | 'redriveDeadLetters'>;
  readonly pool: GetPool;
  readonly now: Clock;
}

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

    async 'dead-letters redrive'({ provider, dryRun, limit }) {
      const redrive = async (each: string) => {
        if (dryRun) {
          const { waiting } = await queues.summarizeDeadLetters(each);
          return { provider: each, waiting };
        }
        const run = { pool, startedAt: now(), now };
        return { provider: each, ...(await queues.redriveDeadLetters(each, limit, run)) };
      };
      return { queues: await Promise.all(selected(provider).map(redrive)) };
    },
  };
}

const selected = (provider: string | undefined): readonly string[] =>
  provider === undefined ? providers : [provider];
