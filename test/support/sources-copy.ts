import {
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { assemblyCache } from '../../local/running-instance.ts';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';

/** Files and folders that local mode runs from. */
const SOURCES =
  'bin lib lambdas migrations local cli console docs ' +
  'cdk.json package.json package-lock.json tsconfig.json';

export interface SourcesCopy {
  readonly path: string;
  /** Replaces a part of a file that occurs once. */
  edit(file: string, before: string, after: string): void;
  /** Writes the file of this repository again. */
  restore(file: string): void;
  remove(): void;
}

/**
 * Copies the sources of local mode, so that a test can edit them. Packages are linked. Assemblies
 * are shared: the copy has the same sources, so its first start needs no synthesis of its own.
 */
export function copySources(): SourcesCopy {
  const { path, remove } = makeTemporaryDirectory('sources');
  for (const source of SOURCES.split(' '))
    cpSync(resolve(source), join(path, source), { recursive: true });
  symlinkSync(realpathSync('node_modules'), join(path, 'node_modules'));
  mkdirSync(assemblyCache, { recursive: true });
  mkdirSync(dirname(join(path, '.local', 'assemblies')));
  symlinkSync(assemblyCache, join(path, '.local', 'assemblies'));
  return {
    path,
    edit(file, before, after) {
      const text = readFileSync(join(path, file), 'utf8');
      if (text.split(before).length !== 2)
        throw new Error(`${file} does not contain '${before}' exactly once.`);
      save(
        join(path, file),
        text.replace(before, () => after),
      );
    },
    restore: (file) => save(join(path, file), readFileSync(resolve(file), 'utf8')),
    remove,
  };
}

/** Replaces a file at once, as editors do, so that the watch never sees half of it. */
function save(path: string, text: string): void {
  writeFileSync(`${path}.saving`, text);
  renameSync(`${path}.saving`, path);
}
