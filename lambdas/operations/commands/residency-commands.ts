import { randomUUID } from 'node:crypto';
import type { AuditLogState } from '../../audit/verify-audit-log.ts';
import type { EvidenceBucket } from '../../platform/aws/evidence-bucket.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FetchPublicKey } from '../../platform/evidence-signature.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { evidencePrefix } from '../../residency/evidence/evidence-files.ts';
import { verifyEvidence } from '../../residency/evidence/verify-evidence.ts';
import {
  countAssetsByProvider,
  findAuditedDeclarations,
  findDeclarations,
  findForeignAssets,
  findPruneOfAuditLog,
  findStoredDeclarations,
  insertDeclaration,
} from '../../residency/region-declarations.queries.ts';
import { findReports, type ReportRecord } from '../../residency/residency-reports.queries.ts';
import { restoreReports } from '../../residency/restore-reports.ts';
import { verifyDeclarations } from '../../residency/verify-declarations.ts';
import { verifyStoredLog } from './audit-commands.ts';
import { type CommandHandlers, CommandRejectedError } from './command-handlers.ts';

export interface ResidencyCommandDeps {
  readonly pool: GetPool;
  readonly evidence: Pick<EvidenceBucket, 'name' | 'get' | 'listVersions'>;
  readonly evidenceKey: FetchPublicKey;
  readonly stage: string;
  readonly now: Clock;
}

type ResidencyCommands = CommandHandlers<
  | 'residency list'
  | 'residency verify'
  | 'residency restore'
  | 'residency key'
  | 'residency declare'
  | 'residency declarations'
>;

// A response of the operations function must stay readable; the first findings name the cause.
const LISTED_PROBLEMS = 100;

export function makeResidencyCommands(deps: ResidencyCommandDeps): ResidencyCommands {
  const { pool, evidence, evidenceKey } = deps;
  return {
    async 'residency list'() {
      const reports = await findReports(await pool());
      return { reports: reports.map(summarizeReport) };
    },

    async 'residency verify'({ knownBreaks }) {
      const { problems, ...verification } = await verifyStoredReports(deps, knownBreaks);
      return {
        ...verification,
        bucket: evidence.name,
        problemsFound: problems.length,
        problems: problems.slice(0, LISTED_PROBLEMS),
      };
    },

    async 'residency restore'({ dryRun }) {
      const { restored, ...others } = await restoreReports(deps, { dryRun });
      return {
        ...(dryRun ? { wouldRestore: restored } : { restored }),
        ...others,
        nextStep: 'Compare the table with the bucket: residency verify',
      };
    },

    async 'residency key'() {
      const { pem, fingerprint } = await evidenceKey();
      return { publicKeySha256: fingerprint, publicKey: pem };
    },

    async 'residency declare'(given, operator) {
      return declareRegion(deps, given, operator);
    },

    async 'residency declarations'({ limit }) {
      return { declarations: await findDeclarations(await pool(), limit) };
    },
  };
}

/** Verifies the evidence, and the declarations on which the next report will be based. */
async function verifyStoredReports(deps: ResidencyCommandDeps, knownBreaks: string | undefined) {
  const { pool, evidence, evidenceKey, now } = deps;
  const db = await pool();
  const verification = await verifyEvidence({
    rows: await findReports(db),
    versions: await evidence.listVersions(evidencePrefix),
    publicKey: await evidenceKey(),
    read: ({ key, versionId }) => evidence.get(key, versionId),
    now: now(),
  });
  const { problems, ...declarations } = verifyDeclarations({
    stored: await findStoredDeclarations(db),
    audited: await findAuditedDeclarations(db),
    prunedBefore: await findPruneOfAuditLog(db),
    now: now(),
  });
  const { chain } = await verifyStoredLog(deps, knownBreaks);
  const found = [...verification.problems, ...problems, ...explainAuditLog(chain)];
  return {
    ...verification,
    chain: found.length > 0 ? 'broken' : verification.chain,
    declarations: { ...declarations, auditLog: chain },
    problems: found,
  };
}

const explainAuditLog = (chain: AuditLogState) =>
  chain === 'broken'
    ? [
        {
          week: 'all',
          problem: 'The audit log, which confirms the declarations, is broken: run audit verify.',
        },
      ]
    : [];

function summarizeReport(report: ReportRecord) {
  const { week, sequence, sha256, assets, violations, notEstablished, bucket, files } = report;
  const folder = `s3://${bucket}/${files[0]?.key.replace(/[^/]*$/, '')}`;
  const signed = report.signature !== null;
  return { week, sequence, assets, violations, notEstablished, signed, sha256, folder };
}

interface DeclareArguments {
  readonly provider: string;
  readonly region: string;
  readonly document: string;
  readonly assets?: string | undefined;
  readonly reason: string;
  readonly dryRun: boolean;
}

async function declareRegion(
  { pool, now }: ResidencyCommandDeps,
  { provider, region, document, assets, reason, dryRun }: DeclareArguments,
  operator: string,
) {
  const db = await pool();
  const stored = await countAssetsByProvider(db);
  const ofProvider = stored.find((one) => one.provider === provider);
  if (ofProvider === undefined)
    throw new CommandRejectedError('invalid-request', unknownProvider(provider, stored));
  const assetIds = assets === undefined ? null : [...new Set(assets.split(','))];
  if (assetIds !== null) await rejectForeignAssets(db, assetIds, provider);
  const declaration = { id: randomUUID(), provider, region, document };
  if (!dryRun)
    await insertDeclaration(db, { ...declaration, declaredAt: now(), operator, reason, assetIds });
  const counted = assetIds?.length ?? ofProvider.assets;
  return {
    ...(dryRun ? {} : { declaration: declaration.id }),
    provider,
    region,
    document,
    assets: counted,
    scope: assetIds === null ? 'all assets without a declaration of their own' : 'these assets',
    nextStep: 'The next residency report uses the declaration: jobs run --name report-residency',
  };
}

const unknownProvider = (provider: string, stored: readonly { readonly provider: string }[]) =>
  `No asset is stored at '${provider}'. ` +
  (stored.length === 0
    ? 'No asset is stored at all.'
    : `Storage providers: ${stored.map((one) => one.provider).join(', ')}.`);

async function rejectForeignAssets(
  db: Awaited<ReturnType<GetPool>>,
  assetIds: readonly string[],
  provider: string,
): Promise<void> {
  const foreign = await findForeignAssets(db, assetIds, provider);
  if (foreign.length > 0)
    throw new CommandRejectedError(
      'invalid-request',
      `These are no assets at '${provider}': ${foreign.slice(0, 10).join(', ')}.`,
    );
}
