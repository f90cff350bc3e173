import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

export interface TypeProblem {
  /** Path from the root of the project. */
  readonly file: string;
  /** Complete text, with continuation lines. */
  readonly text: string;
}

export interface TypeChecker {
  /**
   * Checks entry points and all their imports.
   * @param entries Paths from the root of the project.
   */
  check(entries: readonly string[]): Promise<readonly TypeProblem[]>;
}

export interface TypeCheckerOptions {
  readonly project: string;
  /** Folder for the results that the compiler remembers. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Checks the same entry points faster again: only the changed files and their users. */
export function makeTypeChecker({ project, directory, signal }: TypeCheckerOptions): TypeChecker {
  const last = new Map<string, Promise<unknown>>();

  async function run(folder: string, entries: readonly string[]) {
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, JSON.stringify(compilerConfig(project, folder, entries)));
    return parseTypeProblems(await runCompiler(project, config, signal));
  }

  return {
    check(entries) {
      const hash = createHash('sha256').update(entries.join('\n')).digest('hex').slice(0, 16);
      const folder = join(directory, hash);
      // Two compilers would write the same results at once.
      const result = (last.get(folder) ?? Promise.resolve()).then(() => run(folder, entries));
      last.set(
        folder,
        result.catch(() => {}),
      );
      return result;
    },
  };
}

function compilerConfig(project: string, directory: string, files: readonly string[]): object {
  return {
    extends: relative(directory, join(project, 'tsconfig.json')),
    files: files.map((file) => join(project, file)),
    // Declarations of packages that have none.
    include: [join(project, 'lambdas/**/*.d.ts')],
    // Remembers the results of unchanged files.
    compilerOptions: {
      incremental: true,
      tsBuildInfoFile: join(directory, 'types.tsbuildinfo'),
      typeRoots: [join(project, 'node_modules', '@types')],
    },
  };
}

function runCompiler(project: string, config: string, signal: AbortSignal): Promise<string> {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin',
    'tsc',
  );
  const child = spawn(process.execPath, [compiler, '-p', config, '--pretty', 'false'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'ignore'],
    signal,
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(''));
    child.once('close', () => resolve(output));
  });
}

/** Parses lines such as `lambdas/x.ts(3,7): error TS2322: …`; indented lines continue an error. */
export function parseTypeProblems(output: string): readonly TypeProblem[] {
  const errors: { file: string; text: string }[] = [];
  for (const line of output.split('\n')) {
    const [, file] = /^(\S.*?)\(\d+,\d+\): error /.exec(line) ?? [];
    const last = errors.at(-1);
    if (file !== undefined) errors.push({ file, text: line });
    else if (last !== undefined && /^\s+\S/.test(line)) last.text = `${last.text}\n${line}`;
  }
  return errors;
}
