import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeTemporaryDirectory } from '../../../local/temporary-directory.ts';

export interface RepositoryCopy {
  readonly path: string;
  /** Runs a command in the copy. @returns its output. @throws with the output if it fails. */
  run(command: string): string;
  remove(): void;
}

const commitCommands = [
  'git init --quiet',
  'git add --all',
  'git -c user.name=copy -c user.email=copy@example.org commit --quiet --message Copy',
];

/**
 * Copies the files that git tracks or would track, and commits them in the copy. Packages are
 * linked, not copied.
 */
export function copyRepository(): RepositoryCopy {
  const { path, remove } = makeTemporaryDirectory('contract');
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  for (const file of execFileSync('git', list, { encoding: 'utf8' }).split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    cpSync(resolve(file), join(path, file));
  }
  symlinkSync(realpathSync('node_modules'), join(path, 'node_modules'));
  for (const command of commitCommands) runIn(path, command);
  return { path, remove, run: (command) => runIn(path, command) };
}

function runIn(cwd: string, command: string): string {
  const { status, stdout, stderr } = spawnSync(command, {
    cwd,
    encoding: 'utf8',
    shell: true,
    env: { ...process.env, NODE_OPTIONS: '', TEST_SYNTHESES: '' },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`'${command}' failed in the copy:\n${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

/** Returns the command that runs test files of one project. */
export const jestCommand = (project: string, ...files: readonly string[]) =>
  `npm run -s jest -- ${files.join(' ')} --selectProjects ${project}`;

/** Copies the filled-in files of a provider over those that the generator wrote. */
export function fillInProvider(from: string, root: string, name: string): readonly string[] {
  const files = readdirSync(from);
  for (const file of files) {
    const isOfTest = file === 'recorded-deliveries.ts';
    const folder = isOfTest ? 'test/unit/providers' : 'lambdas/providers';
    const text = readFileSync(join(from, file), 'utf8');
    writeFileSync(
      join(root, folder, name, file),
      text
        .replaceAll("'../../../lambdas/", "'../../")
        .replaceAll("'../../support/", "'../../../support/"),
    );
  }
  return files;
}
