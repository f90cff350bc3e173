import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../local/user-error.ts';

/** The repository in which a part is added. */
export interface Repository {
  readonly exists: (path: string) => boolean;
  readonly read: (path: string) => string;
  /** Lists the names in a folder. */
  readonly list: (folder: string) => readonly string[];
  /** Returns those of the files that have changes which are not committed. */
  readonly changed: (paths: readonly string[]) => readonly string[];
}

export const openRepository = (root: string): Repository => ({
  exists: (path) => existsSync(join(root, path)),
  read: (path) => readFileSync(join(root, path), 'utf8'),
  list: (folder) => readdirSync(join(root, folder)).toSorted(),
  changed: (paths) => changedFiles(root, paths),
});

/** Returns nothing outside of a checkout: there are no commits to compare with. */
function changedFiles(root: string, paths: readonly string[]): readonly string[] {
  if (paths.length === 0 || !existsSync(join(root, '.git'))) return [];
  const output = runGit(root, ['status', '--porcelain', '-z', '--', ...paths]);
  return output
    .split('\0')
    .filter(Boolean)
    .map((line) => line.slice(3));
}

/** @throws a UserError with the explanation of git, such as one about the owner of the folder. */
function runGit(cwd: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('git', words, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  const reason = error?.message ?? stderr.trim();
  throw new UserError(
    'Nothing was written: git cannot tell which files have changes that are not committed.\n' +
      reason,
  );
}

/** Finds the files of a folder whose text matches. */
export const filesWith = (
  repository: Pick<Repository, 'list' | 'read'>,
  folder: string,
  pattern: RegExp,
): readonly string[] =>
  repository
    .list(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .filter((path) => pattern.test(repository.read(path)));
