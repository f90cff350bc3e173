import type { StoredVersion } from '../../platform/aws/evidence-bucket.ts';
import { type EvidenceFileName, parseEvidenceKey } from './evidence-files.ts';

/** Versions of the files of one week, newest first. */
export type WeekVersions = Readonly<Partial<Record<EvidenceFileName, readonly StoredVersion[]>>>;

export interface Inventory {
  /** Versions by the Monday of the week. */
  readonly weeks: ReadonlyMap<string, WeekVersions>;
  readonly deleteMarkers: readonly StoredVersion[];
  /** Versions whose key belongs to no report. */
  readonly unknown: readonly StoredVersion[];
}

/** Sorts the list of a bucket's versions by week and file. */
export function takeInventory(versions: readonly StoredVersion[]): Inventory {
  const weeks = new Map<string, Partial<Record<EvidenceFileName, StoredVersion[]>>>();
  const unknown: StoredVersion[] = [];
  for (const version of newestFirst(versions)) {
    const parsed = parseEvidenceKey(version.key);
    if (parsed === undefined) unknown.push(version);
    else if (!version.isDeleteMarker) {
      const files = weeks.get(parsed.week) ?? {};
      weeks.set(parsed.week, files);
      const known = files[parsed.name] ?? [];
      known.push(version);
      files[parsed.name] = known;
    }
  }
  const deleteMarkers = versions.filter(({ isDeleteMarker }) => isDeleteMarker);
  return { weeks, deleteMarkers, unknown };
}

const newestFirst = (versions: readonly StoredVersion[]) =>
  versions.toSorted(
    (a, b) =>
      Number(b.isLatest) - Number(a.isLatest) ||
      (b.lastModified?.getTime() ?? 0) - (a.lastModified?.getTime() ?? 0),
  );

export const versionsOf = (week: WeekVersions, name: EvidenceFileName): readonly StoredVersion[] =>
  week[name] ?? [];
