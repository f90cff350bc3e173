import { canonicalAddress } from '../../notifications/email-address.ts';
import {
  findSuppression,
  liftSuppression,
} from '../../notifications/email-suppressions.queries.ts';
import { listSuppressions } from '../../notifications/list-suppressions.queries.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import type { ResendSuppressions } from '../../providers/resend/suppressions-api.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface SuppressionCommandDeps {
  readonly pool: GetPool;
  readonly suppressionList: Pick<ResendSuppressions, 'remove'>;
  readonly now: Clock;
}

type SuppressionCommands = CommandHandlers<'suppressions list' | 'suppressions lift'>;

export function makeSuppressionCommands({
  pool,
  suppressionList,
  now,
}: SuppressionCommandDeps): SuppressionCommands {
  return {
    async 'suppressions list'({ limit, cursor }) {
      const suppressions = await listSuppressions(await pool(), limit, cursor);
      const isLastPage = suppressions.length < limit;
      return { suppressions, cursor: isLastPage ? undefined : suppressions.at(-1)?.address };
    },

    /**
     * Removes the address at Resend first: a crash then leaves it suppressed here, and the command
     * can be repeated. In the other order the next mail would suppress it again. The time is taken
     * before the removal, so that a bounce after the removal counts.
     */
    async 'suppressions lift'({ address: given }, operator) {
      const address = canonicalAddress(given);
      const at = now();
      // Resend reports the removal at once, and that event may lift the suppression first.
      const before = await findSuppression(await pool(), address);
      const resend = await suppressionList.remove(address);
      const lift = { address, by: operator, at, wasListed: resend === 'removed' };
      const lifted = (await liftSuppression(await pool(), lift)) ?? before;
      return { portal: lifted ? 'lifted' : 'not-suppressed', resend, ...(lifted && { lifted }) };
    },
  };
}
