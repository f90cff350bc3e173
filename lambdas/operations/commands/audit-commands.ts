import {
  countUnchained,
  listActions,
  readChain,
  readChainPage,
} from '../../audit/audit-log.queries.ts';
import { headPrefix } from '../../audit/head-files.ts';
import { type AuditLogVerification, verifyAuditLog } from '../../audit/verify-audit-log.ts';
import type { EvidenceBucket } from '../../platform/aws/evidence-bucket.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FetchPublicKey } from '../../platform/evidence-signature.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { redact } from '../../platform/redaction.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface AuditCommandDeps {
  readonly pool: GetPool;
  readonly evidence: Pick<EvidenceBucket, 'name' | 'get' | 'listVersions'>;
  readonly evidenceKey: FetchPublicKey;
  readonly stage: string;
  readonly now: Clock;
}

type AuditCommands = CommandHandlers<'audit list' | 'audit verify' | 'audit export'>;

// The function ends after 29 s. 1,000 heads take about 2 s, and the newest one names all breaks.
const HEADS_READ = 1_000;

/** Verifies the records in Postgres against the heads in the bucket. */
export async function verifyStoredLog(
  { pool, evidence, evidenceKey, stage, now }: AuditCommandDeps,
  knownBreaks: string | undefined,
): Promise<AuditLogVerification> {
  const db = await pool();
  // Reads the heads before the records, because both grow meanwhile.
  const versions = await evidence.listVersions(headPrefix);
  return verifyAuditLog({
    versions,
    read: ({ key, versionId }) => evidence.get(key, versionId),
    publicKey: await evidenceKey(),
    stage,
    limit: HEADS_READ,
    records: readChain(db),
    unchained: await countUnchained(db),
    now: now(),
    knownBreaks: knownBreaks?.split(',').map(Number) ?? [],
  });
}

export function makeAuditCommands(deps: AuditCommandDeps): AuditCommands {
  const { pool } = deps;
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

    async 'audit verify'({ knownBreaks }) {
      const verification = await verifyStoredLog(deps, knownBreaks);
      return { ...verification, bucket: deps.evidence.name };
    },

    async 'audit export'({ limit, cursor }) {
      const records = await readChainPage(await pool(), Number(cursor ?? 0), limit);
      const last = records.at(-1)?.position;
      const full = records.length === limit && last !== undefined;
      return {
        exported: records.length,
        through: last,
        records,
        cursor: full ? `${last}` : undefined,
      };
    },
  };
}
