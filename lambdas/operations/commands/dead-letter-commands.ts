import { providers } from '../../catalog/providers.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RedriveLedger } from '../../webhooks/retry/dead-letters.ts';
import type { EventQueues } from '../event-queues.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface DeadLetterCommandDeps {
  readonly queues: Pick<EventQueues, 'summarizeDeadLetters' | 'redriveDeadLetters'>;
  readonly ledger: RedriveLedger;
  readonly now: Clock;
}

type DeadLetterCommands = CommandHandlers<'dead-letters list' | 'dead-letters redrive'>;

export function makeDeadLetterCommands({
  queues,
  ledger,
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
        return { provider: each, ...(await queues.redriveDeadLetters(each, limit, ledger, now())) };
      };
      return { queues: await Promise.all(selected(provider).map(redrive)) };
    },
  };
}

const selected = (provider: string | undefined): readonly string[] =>
  provider === undefined ? providers : [provider];
