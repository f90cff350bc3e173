import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatCount } from '../../lambdas/platform/display/numbers.ts';
import { UserError } from '../../local/user-error.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { type ChangedFile, changedFiles, formatWithBiome } from './changed-files.ts';
import { describeEdit } from './describe-change.ts';
import type { Plan } from './plan.ts';
import type { Repository } from './repository.ts';

export interface AddPartOptions {
  readonly root: string;
  readonly repository: Repository;
  readonly terminal: Pick<Terminal, 'out'>;
  readonly dryRun: boolean;
  /** True if files with changes that are not committed may be edited. */
  readonly force: boolean;
}

/** Writes the files of a plan, or prints them. Checks everything before the first write. */
export function addPart(
  plan: Plan,
  { root, repository, terminal: { out }, dryRun, force }: AddPartOptions,
): number {
  const files = changedFiles(plan, repository, formatWithBiome(root));
  if (!dryRun && !force) rejectUncommitted(files, repository);
  if (dryRun) {
    for (const file of files) out(`${describe(file)}\n`);
    out(`Nothing was written: ${summary(plan, files)} would be.`);
    return exitCodes.done;
  }
  for (const { path, after } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), after);
  }
  for (const { path, before } of files)
    out(`${before === undefined ? 'new   ' : 'edited'}  ${path}`);
  out(`\nAdded ${summary(plan, files)}.\n\nNext:`);
  for (const [index, step] of stepsOf(plan).entries()) out(`  ${index + 1}. ${step}`);
  return exitCodes.done;
}

const describe = (file: ChangedFile): string =>
  file.before === undefined
    ? [
        `+++ b/${file.path}`,
        ...file.after
          .trimEnd()
          .split('\n')
          .map((line) => `+${line}`),
      ].join('\n')
    : describeEdit(file);

function rejectUncommitted(files: readonly ChangedFile[], { changed }: Repository): void {
  const paths = changed(files.flatMap(({ path, before }) => (before === undefined ? [] : [path])));
  if (paths.length > 0)
    throw new UserError(
      `Nothing was written: ${paths.join(', ')} ${paths.length === 1 ? 'has' : 'have'} changes ` +
        'that are not committed. Commit them, or add --force to edit the files anyway.',
    );
}

function summary({ subject }: Plan, files: readonly ChangedFile[]): string {
  const created = files.filter(({ before }) => before === undefined).length;
  const edited = files.length - created;
  return `${subject}: ${formatCount(created, 'new file')}, ${formatCount(edited, 'edited file')}`;
}

function stepsOf({ generated, tests: { project, paths }, nextSteps }: Plan): readonly string[] {
  return [
    ...(generated.length === 0 ? [] : [`Run npm run docs: it writes ${generated.join(' and ')}.`]),
    ...nextSteps,
    `See the tests pass: npm run -s jest -- ${paths.join(' ')} --selectProjects ${project}`,
  ];
}
