import { execFileSync } from 'node:child_process';
import { UserError } from '../../local/user-error.ts';
import type { FileEdit, Plan } from './plan.ts';
import type { Repository } from './repository.ts';
import { rejectUsed, wordsOfCode } from './used-names.ts';

/** Complete text of a file before and after the change; `before` is undefined for a new file. */
export interface ChangedFile {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

export type Format = (path: string, text: string) => string;

/**
 * Returns the texts of all files of a plan, formatted.
 *
 * @throws a UserError if a new file exists, or if an existing one has no place for its edit, and a
 * BadInputError if an import has a name that the file uses.
 */
export function changedFiles(
  { files, edits }: Plan,
  repository: Pick<Repository, 'exists' | 'read'>,
  format: Format,
): readonly ChangedFile[] {
  const existing = files.filter(({ path }) => repository.exists(path)).map(({ path }) => path);
  if (existing.length > 0) {
    const verb = existing.length === 1 ? 'exists' : 'exist';
    throw new UserError(`Nothing was written: ${existing.join(', ')} ${verb} already.`);
  }
  const edited = [...Map.groupBy(edits, ({ path }) => path)].map(([path, some]) => {
    const before = repository.read(path);
    rejectUsed(some.flatMap(importedNames), wordsOfCode(before));
    return { path, before, after: format(path, some.reduce(applyEdit, before)) };
  });
  return [
    ...files.map(({ path, text }) => ({ path, before: undefined, after: format(path, text) })),
    ...edited,
  ];
}

const importedNames = ({ insertion }: FileEdit): readonly string[] =>
  insertion.match(/(?<=^import \{ )\w+(?= \})/gm) ?? [];

function applyEdit(text: string, { path, anchor, place, insertion }: FileEdit): string {
  const matches = [...text.matchAll(new RegExp(anchor, `${anchor.flags.replace('g', '')}g`))];
  const [match] = matches;
  if (match === undefined || matches.length > 1)
    throw new UserError(
      `Nothing was written: ${path} no longer has the form that the generator expects ` +
        `(${matches.length} places match ${anchor}). Add this by hand:\n${insertion}`,
    );
  const position = match.index + (place === 'after' ? match[0].length : 0);
  return `${text.slice(0, position)}${insertion}${text.slice(position)}`;
}

/** Formats with the settings of the repository and sorts imports. */
export const formatWithBiome =
  (root: string): Format =>
  (path, text) => {
    if (!/\.tsx?$/.test(path)) return text;
    const command = ['check', '--write', `--stdin-file-path=${path}`];
    return execFileSync('node_modules/.bin/biome', command, {
      cwd: root,
      input: text,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  };
