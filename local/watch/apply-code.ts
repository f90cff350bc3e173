import { styleText } from 'node:util';
import type { Message } from 'esbuild';
import type { LocalFunction } from '../aws/lambda/functions.ts';
import type { Deployment } from '../deployment.ts';
import type { Reporter } from '../reporter.ts';
import type { Bundle, FunctionBundles } from './function-bundles.ts';
import type { WatchedFiles } from './plan-change.ts';
import type { TypeChecker, TypeProblem } from './type-check.ts';

export interface CodeParts {
  readonly deployment: Deployment;
  readonly bundles: FunctionBundles;
  readonly types: TypeChecker;
  readonly files: WatchedFiles;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** A check of more functions together takes as long as a check of all. */
const CHECKED_ALONE = 4;

export const allEntries = ({ functions }: WatchedFiles): readonly string[] =>
  [...functions.keys()].sort();

/** Bundles these functions and replaces their code. An error leaves all of them as they are. */
export async function applyCode(parts: CodeParts, entries: readonly string[]): Promise<void> {
  const { deployment, bundles, types, files, reporter, signal } = parts;
  const startedAt = performance.now();
  try {
    const [bundling, typeErrors] = await Promise.all([
      bundles.build(entries),
      types.check(entries.length > CHECKED_ALONE ? allEntries(files) : entries),
    ]);
    if (signal.aborted) return;
    const problems =
      bundling.kind === 'failed'
        ? await formatBuildErrors(bundling.errors)
        : errorsIn(typeErrors, bundling.bundles);
    if (bundling.kind === 'failed' || problems.length > 0) {
      for (const entry of entries) files.failed.add(entry);
      return reportErrors(reporter, problems, 'The old code keeps running.');
    }
    remember(files, bundling.bundles);
    bundles.install(bundling.bundles);
    const { replaced } = await deployment.update({
      ...deployment.context(),
      code: bundles.code,
    });
    reporter.print(describeLive(replaced, performance.now() - startedAt));
  } catch (error) {
    reportErrors(reporter, [(error as Error).message], 'The new code is not complete.');
  }
}

function remember(files: WatchedFiles, bundles: ReadonlyMap<string, Bundle>): void {
  for (const [entry, bundle] of bundles) {
    files.functions.set(entry, bundle.files);
    files.failed.delete(entry);
  }
}

/** Selects the errors in these functions: others may be half edited. */
const errorsIn = (
  errors: readonly TypeProblem[],
  bundles: ReadonlyMap<string, Bundle>,
): readonly string[] =>
  errors
    .filter(({ file }) => [...bundles.values()].some(({ files }) => files.has(file)))
    .map(({ text }) => text);

async function formatBuildErrors(errors: readonly Message[]): Promise<readonly string[]> {
  const { formatMessages } = await import('esbuild');
  // Two groups of functions report an error in a common file twice.
  return [...new Set(await formatMessages([...errors], { kind: 'error', color: false }))];
}

/** A renamed file of all functions is an error in each of them. */
const SHOWN = 4;

export function reportErrors(
  { print, warn }: Pick<Reporter, 'print' | 'warn'>,
  problems: readonly string[],
  consequence: string,
): void {
  for (const problem of problems.slice(0, SHOWN)) print(styleText('red', problem.trimEnd()));
  if (problems.length > SHOWN) print(`… and ${problems.length - SHOWN} more errors`);
  warn(`Edit not applied. ${consequence}`);
}

const LISTED = 6;

function describeLive(functions: readonly LocalFunction[], ms: number): string {
  const names = functions.map(({ name }) => name);
  const shown =
    names.length > LISTED ? `${names.length} functions` : names.join(', ') || 'no function';
  return styleText('green', `Live after ${(ms / 1000).toFixed(1)} s: ${shown}`);
}
