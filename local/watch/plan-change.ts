/** Files of each function and of the CDK app, as paths from the root of the project. */
export interface KnownFiles {
  /** Files that the bundle of each entry contains. */
  readonly functions: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that the CDK app imports. */
  readonly app: ReadonlySet<string>;
  /** Entries whose last build failed, so that their files may be incomplete. */
  readonly failed: ReadonlySet<string>;
  /** Entries whose bundles contain the migrations. */
  readonly migrations: ReadonlySet<string>;
}

/** Files that the watch knows, and that each applied edit updates. */
export interface WatchedFiles extends KnownFiles {
  readonly functions: Map<string, ReadonlySet<string>>;
  readonly app: Set<string>;
  readonly failed: Set<string>;
}

/** Work that a change of files requires. */
export interface ChangePlan {
  /** Entries of the functions to bundle. */
  readonly entries: readonly string[];
  /** True if the app must be synthesized. */
  readonly synthesize: boolean;
  /** Files that only a restart reads. */
  readonly restart: readonly string[];
}

/** The runbook contains the saved queries of CloudWatch. */
const isApp = (path: string) =>
  /^(bin|lib)\//.test(path) || path === 'cdk.json' || path === 'docs/runbook.md';

/** The process of local mode has loaded these files. */
const needsRestart = (path: string) =>
  /^(local|cli|console)\//.test(path) || /^(package(-lock)?|tsconfig)\.json$/.test(path);

/** Decides what to do after these files were changed, added or removed. */
export function planChange(paths: readonly string[], known: KnownFiles): ChangePlan {
  const touchesCode = paths.some((path) => path.startsWith('lambdas/'));
  const touchesMigrations = paths.some((path) => /^migrations\/.*\.sql$/.test(path));
  const entries = [...known.functions].flatMap(([entry, files]) =>
    paths.some((path) => files.has(path)) ? [entry] : [],
  );
  const all = new Set([
    ...entries,
    ...(touchesCode ? known.failed : []),
    ...(touchesMigrations ? known.migrations : []),
  ]);
  return {
    entries: [...all].sort(),
    synthesize: paths.some((path) => isApp(path) || known.app.has(path)),
    restart: paths.filter(needsRestart),
  };
}
