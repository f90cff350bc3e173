import type { ReadVersion, StoredVersion } from '../../platform/aws/evidence-bucket.ts';
import { sha256 } from '../../platform/evidence-signature.ts';
import type { FileHashes } from '../documents/report-document.ts';
import { coveredFiles } from './evidence-files.ts';
import { versionsOf, type WeekVersions } from './inventory.ts';
import { readAll } from './read-report.ts';
import type { VerifiedFile } from './verification.ts';

interface FilesVerification {
  readonly files: readonly VerifiedFile[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Compares the other files of a report with the hashes in report.json. */
export async function checkFiles(
  report: StoredVersion,
  hashes: FileHashes,
  versions: WeekVersions,
  read: ReadVersion,
): Promise<FilesVerification> {
  const checks = await Promise.all(
    coveredFiles.map((name) => {
      const expected = hashes[name]?.sha256;
      const stored = versionsOf(versions, name);
      return expected === undefined
        ? explainUncovered(stored)
        : checkFile({ name, report, expected, stored }, read);
    }),
  );
  return {
    files: checks.flatMap(({ files }) => files),
    problems: checks.flatMap(({ problems }) => problems),
    notes: checks.flatMap(({ notes }) => notes),
  };
}

const explainUncovered = (stored: readonly StoredVersion[]): FilesVerification => ({
  files: [],
  problems: stored.map(({ key }) => `report.json does not list ${key}.`),
  notes: [],
});

interface CheckedFile {
  readonly name: string;
  readonly report: StoredVersion;
  readonly expected: string;
  /** Versions of the file, newest first. */
  readonly stored: readonly StoredVersion[];
}

async function checkFile(file: CheckedFile, read: ReadVersion): Promise<FilesVerification> {
  const { name, report, expected, stored } = file;
  const key = report.key.replace('report.json', name);
  if (stored.length === 0) return failed(`${key} is missing.`);
  const newest = await readAll(stored.slice(0, 1), read);
  const matches = (content: Uint8Array) => sha256(content) === expected;
  const others = newest.some(({ content }) => matches(content))
    ? []
    : await readAll(stored.slice(1), read);
  const original = [...newest, ...others].find(({ content }) => matches(content))?.version;
  if (original === undefined)
    return failed(`${key} was changed: no version has the hash in report.json.`);
  return {
    files: [{ name, versionId: original.versionId, sha256: expected }],
    ...explainOtherVersions(original, stored, report),
  };
}

const failed = (problem: string): FilesVerification => ({
  files: [],
  problems: [problem],
  notes: [],
});

/** A version before report.json was left by an interrupted run; a later one replaces evidence. */
export function explainOtherVersions(
  original: StoredVersion,
  stored: readonly StoredVersion[],
  report: StoredVersion,
) {
  const problems: string[] = [];
  const notes: string[] = [];
  for (const { key, versionId, lastModified, isLatest } of stored) {
    if (versionId === original.versionId) continue;
    const version = `Version ${versionId} of ${key}, stored at ${lastModified?.toISOString()},`;
    const isLater = (lastModified?.getTime() ?? 0) > (report.lastModified?.getTime() ?? 0);
    if (isLatest || isLater)
      problems.push(`${version} replaces the original, version ${original.versionId}.`);
    else notes.push(`${version} was left by a run that ended before it wrote report.json.`);
  }
  return { problems, notes };
}
