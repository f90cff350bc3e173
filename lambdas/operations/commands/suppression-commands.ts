import {
  liftSuppression,
  listSuppressions,
} from '../../notifications/email-suppressions.queries.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface SuppressionCommandDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

type SuppressionCommands = CommandHandlers<'suppressions list' | 'suppressions lift'>;

export function makeSuppressionCommands({
  pool,
  now,
}: SuppressionCommandDeps): SuppressionCommands {
  return {
    async 'suppressions list'({ limit }) {
      return { suppressions: await listSuppressions(await pool(), limit) };
    },

    async 'suppressions lift'({ address }, operator) {
      const lifted = await liftSuppression(await pool(), address, operator, now());
      return lifted && { lifted };
    },
  };
}
