/** Changes of a schema that code which is still deployed may not survive. */
const contractions: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\bdrop\s+(?:table|view|materialized\s+view|type|schema|function)\b/, 'removes an object'],
  [/\bdrop\s+column\b/, 'removes a column'],
  [
    /\balter\s+table\b[^;]*\bdrop\s+(?!constraint|column|default|not\s+null|identity)\w/,
    'removes a column',
  ],
  [/\brename\s+(?:to|column|constraint)?\b/, 'renames an object'],
  [/\balter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b/, 'changes the type of a column'],
  [/\bset\s+not\s+null\b/, 'rejects rows without a value'],
  [/\bset\s+schema\b/, 'moves an object'],
  [/\btruncate\b/, 'removes all rows'],
  [/\bdrop\s+default\b/, 'removes a default'],
  [
    /\badd\s+column\b(?=[^;,]*\bnot\s+null\b)(?![^;,]*\b(?:default|generated)\b)[^;,]*/,
    'adds a column that inserts of the deployed code do not fill',
  ],
];

/**
 * Lists what the up part of a migration takes away from the code that is deployed when it runs.
 *
 * Functions of the previous release run until a deploy has ended, and after a rollback. So a
 * migration first adds what new code needs; a later release removes what no code reads any more.
 */
export function contractingStatements(sql: string): string[] {
  const up = withoutTexts(sql.split(/^-- Down Migration/m)[0] ?? '').toLowerCase();
  return contractions.filter(([pattern]) => pattern.test(up)).map(([, what]) => what);
}

/** Removes comments and texts, whose words are no statements. */
const withoutTexts = (sql: string): string =>
  sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, ' ');

/** Line with which a migration says since which commit no code needs what it removes. */
const MARKER = /^-- Contract: no code needs it since ([0-9a-f]{7,40})\b/m;

export interface NewMigration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Lists the problems of migrations that a deploy would run for the first time.
 * @param isDeployed tells whether the code of a commit is part of the release that runs now
 */
export function migrationProblems(
  migrations: readonly NewMigration[],
  isDeployed: (commit: string) => boolean,
): string[] {
  return migrations.flatMap(({ name, sql }) => {
    const found = contractingStatements(sql);
    const commit = MARKER.exec(sql)?.[1];
    if (found.length === 0 || (commit !== undefined && isDeployed(commit))) return [];
    const remedy =
      commit === undefined
        ? 'Add the line "-- Contract: no code needs it since <commit>".'
        : `The release that runs now is older than ${commit}. Deploy that commit first.`;
    return [`${name} ${found.join(', ')}. ${remedy}`];
  });
}
