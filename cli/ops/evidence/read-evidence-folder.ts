import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import type { ReadVersion, StoredVersion } from '../../../lambdas/platform/aws/evidence-bucket.ts';
import {
  type EvidencePublicKey,
  parsePublicKey,
} from '../../../lambdas/platform/evidence-signature.ts';
import { parseJson } from '../../../lambdas/platform/json.ts';
import { BadInputError } from '../../command-line/errors.ts';

export const KEY_FILE = 'public-key.pem';
export const VERSIONS_FILE = 'versions.json';

export interface EvidenceFolder {
  readonly versions: readonly StoredVersion[];
  readonly read: ReadVersion;
  readonly publicKey: EvidencePublicKey;
  /** Checks that the folder does not allow, each with the reason. */
  readonly notChecked: readonly string[];
}

/** One kind of evidence in the bucket. */
export interface EvidenceKind {
  /** Prefix of the keys, without a slash. */
  readonly prefix: string;
  /** Plural of what the folder holds. */
  readonly items: string;
  /** Key of one file. */
  readonly example: string;
}

export const residencyReports: EvidenceKind = {
  prefix: 'residency',
  items: 'reports',
  example: 'residency/2026-11-16/report.json',
};

/**
 * Reads a folder of downloaded evidence; docs/residency.md and docs/audit-log.md say how to
 * download it.
 * @throws a BadInputError that says what the folder lacks.
 */
export function readEvidenceFolder(path: string, kind: EvidenceKind): EvidenceFolder {
  const { prefix, items, example } = kind;
  const folder = resolve(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new BadInputError(`--offline '${path}' is no folder.`);
  const keys = listKeys(folder, prefix);
  if (keys.length === 0)
    throw new BadInputError(
      `--offline '${path}' has no ${items}: expected files such as ${example}. ` +
        `Download them with: aws s3 sync s3://<bucket>/${prefix}/ ${path}/${prefix}/`,
    );
  const listed = readVersions(join(folder, VERSIONS_FILE))?.filter(({ key }) =>
    key.startsWith(`${prefix}/`),
  );
  const versions = listed ?? keys.map(downloadedVersion);
  return {
    versions,
    publicKey: readPublicKey(join(folder, KEY_FILE), path),
    // A download has the newest version of each file and no other.
    read: async ({ key, versionId }) =>
      isNewest(versions, key, versionId) ? readIfPresent(join(folder, key)) : undefined,
    notChecked: notCheckedIn(listed),
  };
}

/** Lists the files under the prefix as keys of the bucket. */
function listKeys(folder: string, prefix: string): readonly string[] {
  const root = join(folder, prefix);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

const downloadedVersion = (key: string): StoredVersion => ({
  key,
  versionId: null,
  lastModified: undefined,
  isLatest: true,
  isDeleteMarker: false,
});

const listedVersion = z.object({
  Key: z.string(),
  VersionId: z.string(),
  IsLatest: z.boolean(),
  LastModified: z.coerce.date(),
});

/** Output of `aws s3api list-object-versions`. */
const versionList = z.object({
  Versions: z.array(listedVersion).default([]),
  DeleteMarkers: z.array(listedVersion).default([]),
});

function readVersions(file: string): readonly StoredVersion[] | undefined {
  if (!existsSync(file)) return undefined;
  const parsed = versionList.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new BadInputError(
      `${file} is not the output of aws s3api list-object-versions: ` +
        `${z.prettifyError(parsed.error)}`,
    );
  const { Versions, DeleteMarkers } = parsed.data;
  return [...Versions.map(toVersion(false)), ...DeleteMarkers.map(toVersion(true))];
}

const toVersion =
  (isDeleteMarker: boolean) =>
  ({ Key, VersionId, IsLatest, LastModified }: z.infer<typeof listedVersion>): StoredVersion => ({
    key: Key,
    versionId: VersionId,
    lastModified: LastModified,
    isLatest: IsLatest,
    isDeleteMarker,
  });

const isNewest = (versions: readonly StoredVersion[], key: string, versionId: string | null) =>
  versions.some((one) => one.isLatest && one.key === key && one.versionId === versionId);

const readIfPresent = (file: string) => (existsSync(file) ? readFileSync(file) : undefined);

function readPublicKey(file: string, path: string): EvidencePublicKey {
  if (!existsSync(file))
    throw new BadInputError(
      `--offline '${path}' has no ${KEY_FILE}. Ask an operator for the public key: ` +
        `npm run ops -- residency key --out ${KEY_FILE} --stage <name>`,
    );
  try {
    return parsePublicKey(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BadInputError(`${file} is no public key in PEM: ${reason}`);
  }
}

function notCheckedIn(listed: readonly StoredVersion[] | undefined): readonly string[] {
  if (listed === undefined)
    return [`Upload times, deleted files and older versions: the folder has no ${VERSIONS_FILE}`];
  const older = listed.filter(({ isLatest, isDeleteMarker }) => !isLatest && !isDeleteMarker);
  return older.length === 0
    ? []
    : [`Contents of ${older.length} older versions: only the newest are in the folder`];
}
