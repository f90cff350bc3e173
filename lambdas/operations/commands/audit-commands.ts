import { countUnchained, listActions, readChain } from '../../audit/audit-log.queries.ts';
import { verifyAuditChain } from '../../audit/verify-audit-chain.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { redact } from '../../platform/redaction.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface AuditCommandDeps {
  readonly pool: GetPool;
}

type AuditCommands = CommandHandlers<'audit list' | 'audit verify'>;

export function makeAuditCommands({ pool }: AuditCommandDeps): AuditCommands {
  return {
    async 'audit list'({ limit, cursor, ...filter }) {
      const found = await listActions(await pool(), filter, { cursor, limit });
      const records = found.map(({ reason, arguments: given, result, ...record }) => ({
        ...record,
        reason: redact(reason),
        arguments: redact(given),
        result: redact(result),
      }));
      return { records, cursor: found.length === limit ? found.at(-1)?.position : undefined };
    },

    async 'audit verify'() {
      const db = await pool();
      const { problems, problemCount, ...report } = await verifyAuditChain(readChain(db), []);
      const unchained = await countUnchained(db);
      const found =
        unchained === 0 ? problems : [...problems, `${unchained} records are not in the chain.`];
      const chain = found.length === 0 ? 'intact' : 'broken';
      return { chain, ...report, problemCount, problems: found };
    },
  };
}
