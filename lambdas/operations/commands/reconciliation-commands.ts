import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { findReconciliationFigures } from '../../reconciliation/reconciliation-figures.queries.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface ReconciliationCommandDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

export function makeReconciliationCommands({
  pool,
  now,
}: ReconciliationCommandDeps): CommandHandlers<'reconciliation show'> {
  return {
    async 'reconciliation show'({ provider }) {
      return { providers: await findReconciliationFigures(await pool(), provider, now()) };
    },
  };
}
