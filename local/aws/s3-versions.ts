import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

interface StoredVersion {
  readonly key: string;
  readonly id: string;
  readonly storedAt: Date;
}

let lastTime = 0;

/** Returns an id that sorts by the order of the writes of this process. */
export function newVersionId(): string {
  lastTime = Math.max(Date.now(), lastTime + 1);
  return `${lastTime.toString(36)}-${randomUUID().slice(0, 8)}`;
}

// Limit of S3 for one page.
const MAX_KEYS = 1_000;

/**
 * Lists the versions of a bucket as S3 does: by key, newest version first.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 * @param directory Holds a folder for each key with a file for each version.
 */
export function listVersions(directory: string, parameters: URLSearchParams): string {
  const prefix = parameters.get('prefix') ?? '';
  const versions = readVersions(directory).filter(({ key }) => key.startsWith(prefix));
  const marker = `${parameters.get('key-marker')} ${parameters.get('version-id-marker')}`;
  const start = versions.findIndex(({ key, id }) => `${key} ${id}` === marker) + 1;
  const page = versions.slice(start, start + MAX_KEYS);
  const isTruncated = start + page.length < versions.length;
  const last = page.at(-1);
  const isLatest = ({ key, id }: StoredVersion) =>
    versions.find((one) => one.key === key)?.id === id;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<IsTruncated>${isTruncated}</IsTruncated>`,
    ...(isTruncated && last !== undefined
      ? [
          `<NextKeyMarker>${last.key}</NextKeyMarker>`,
          `<NextVersionIdMarker>${last.id}</NextVersionIdMarker>`,
        ]
      : []),
    ...page.map(
      (version) =>
        `<Version><Key>${version.key}</Key><VersionId>${version.id}</VersionId>` +
        `<IsLatest>${isLatest(version)}</IsLatest>` +
        `<LastModified>${version.storedAt.toISOString()}</LastModified></Version>`,
    ),
    '</ListVersionsResult>',
  ].join('');
}

function readVersions(directory: string): readonly StoredVersion[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({
      key: relative(directory, entry.parentPath),
      id: entry.name,
      storedAt: statSync(join(entry.parentPath, entry.name)).mtime,
    }))
    .sort(
      (a, b) =>
        compare(a.key, b.key) || b.storedAt.getTime() - a.storedAt.getTime() || compare(b.id, a.id),
    );
}

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));
