import type { EvidenceBucket } from '../../platform/aws/evidence-bucket.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { findReports, type ReportRecord } from '../../residency/residency-reports.queries.ts';
import { verifyResidencyChain } from '../../residency/verify-report-chain.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface ResidencyCommandDeps {
  readonly pool: GetPool;
  readonly evidence: Pick<EvidenceBucket, 'get'>;
}

type ResidencyCommands = CommandHandlers<'residency list' | 'residency verify'>;

export function makeResidencyCommands({ pool, evidence }: ResidencyCommandDeps): ResidencyCommands {
  return {
    async 'residency list'() {
      const reports = await findReports(await pool());
      return { reports: reports.map(summarizeReport) };
    },

    async 'residency verify'() {
      const reports = await findReports(await pool());
      const { problems, head, ...counts } = await verifyResidencyChain(
        reports,
        ({ key, versionId }) => evidence.get(key, versionId),
      );
      const chain = problems.length === 0 ? 'intact' : 'broken';
      return { chain, ...counts, head, problems };
    },
  };
}

function summarizeReport(report: ReportRecord) {
  const { week, sequence, sha256, assets, violations, bucket, files } = report;
  const folder = `s3://${bucket}/${files[0]?.key.replace(/[^/]*$/, '')}`;
  return { week, sequence, assets, violations, sha256, folder };
}
