import { insertNotifications } from '../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../outbox/outbox.queries.ts';
import type { ReadVersion } from '../platform/aws/evidence-bucket.ts';
import type { EvidencePublicKey, FetchPublicKey } from '../platform/evidence-signature.ts';
import { log } from '../platform/logger.ts';
import { inTransaction, type Transaction } from '../platform/postgres/transaction.ts';
import { composeDocuments, type Documents } from './documents/compose-documents.ts';
import { reportDocument } from './documents/report-document.ts';
import { readSignedReport } from './evidence/adopt-report.ts';
import { findChainHead } from './evidence/chain-head.ts';
import { evidencePrefix } from './evidence/evidence-files.ts';
import { type Inventory, takeInventory } from './evidence/inventory.ts';
import { type FoundReport, readReports } from './evidence/read-report.ts';
import {
  composeRecord,
  type StoredEvidence,
  type StoreReportDeps,
  storeReport,
} from './evidence/store-report.ts';
import { type ReadFiguresDeps, readFigures } from './read-figures.ts';
import { composeReportMessages } from './report-messages.ts';
import { weekOf } from './reported-week.ts';
import type { ResidencyFigures } from './residency-facts.ts';
import {
  findReports,
  insertReport,
  lockChain,
  type ReportRecord,
} from './residency-reports.queries.ts';

export interface ReportWeekDeps extends ReadFiguresDeps, StoreReportDeps {
  readonly publicKey: FetchPublicKey;
}

/**
 * Reports one week, and requests the mail. Does nothing if the week has its row. Only one run at a
 * time extends the chain. The bucket decides what the previous report is.
 * @returns the row, or undefined if the week was reported before.
 */
export async function reportWeek(
  deps: ReportWeekDeps,
  monday: string,
): Promise<ReportRecord | undefined> {
  const figures = await readFigures(deps, weekOf(monday));
  const publicKey = await deps.publicKey();
  const { pool, bucket } = deps;
  return inTransaction(await pool(), async (tx) => {
    await lockChain(tx);
    const rows = await findReports(tx);
    if (rows.some(({ week }) => week === monday)) return undefined;
    const inventory = takeInventory(await bucket.listVersions(evidencePrefix));
    const read: ReadVersion = ({ key, versionId }) => bucket.get(key, versionId);
    const found = await readReports(monday, inventory.weeks.get(monday) ?? {}, read, publicKey);
    const stored =
      (await adopt(found, inventory, read)) ??
      (await write(deps, { figures, rows, inventory, found, publicKey }, read));
    return record(tx, deps, stored);
  });
}

interface StoredReport {
  readonly documents: Documents;
  readonly evidence: StoredEvidence;
}

/** Continues after a run that ended between its last upload and its commit. */
async function adopt(
  found: readonly FoundReport[],
  { weeks }: Inventory,
  read: ReadVersion,
): Promise<StoredReport | undefined> {
  const signed = found.find(
    ({ week, signature, document }) => signature !== undefined && document?.week.monday === week,
  );
  return signed && readSignedReport(signed, weeks.get(signed.week) ?? {}, read);
}

interface ChainState {
  readonly figures: ResidencyFigures;
  readonly rows: readonly ReportRecord[];
  readonly inventory: Inventory;
  readonly found: readonly FoundReport[];
  readonly publicKey: EvidencePublicKey;
}

async function write(
  deps: ReportWeekDeps,
  { figures, rows, inventory, found, publicKey }: ChainState,
  read: ReadVersion,
): Promise<StoredReport> {
  const head = await findChainHead(inventory, rows, read, publicKey);
  const { monday } = figures.week;
  const documents = await composeDocuments({
    ...figures,
    sequence: (head?.sequence ?? 0) + 1,
    previous: head === undefined ? null : { week: head.week, sha256: head.sha256 },
    keyId: deps.signer.keyId,
    publicKeySha256: publicKey.fingerprint,
  });
  // Another writer must not stop the report. `residency verify` reports these versions.
  for (const { version } of found)
    log.error('The evidence bucket holds an unsigned report', { version });
  const replacesForgery = found.length > 0;
  return { documents, evidence: await storeReport(deps, monday, documents, { replacesForgery }) };
}

/** Reports that another row has this week or this sequence number. */
export class ChainMovedError extends Error {
  readonly code = 'chain-moved';

  constructor(week: string) {
    super(
      `The report of ${week} is in the bucket, but another row has its sequence number. ` +
        'Run residency verify.',
    );
    this.name = 'ChainMovedError';
  }
}

async function record(
  tx: Transaction,
  { bucket, options }: ReportWeekDeps,
  { documents, evidence }: StoredReport,
): Promise<ReportRecord> {
  const document = reportDocument.parse(JSON.parse(documents['report.json']));
  const report = composeRecord(document, evidence, bucket.name);
  if (!(await insertReport(tx, report))) throw new ChainMovedError(report.week);
  const { recipient } = options;
  const messages = composeReportMessages({ report, document, documents, recipient });
  tx.deferUntilCommit(
    Promise.all([
      insertNotifications(tx, [messages.notification]),
      insertOutboxEntries(tx, messages.outbox),
    ]),
  );
  return report;
}
