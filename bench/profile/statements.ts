import type pg from 'pg';

export interface StatementCost {
  readonly what: string;
  readonly micros: number;
}

const COSTS = `
  select query, total_plan_time + total_exec_time as ms
    from pg_stat_statements
   where dbid = (select oid from pg_database where datname = $1::text) and calls >= $2::integer
   order by ms desc`;

interface Asked {
  readonly database: string;
  /** What ran fewer times is no part of the work. */
  readonly calls: number;
  /** Events or rows, to divide by. */
  readonly count: number;
  nameOf(query: string): string;
}

/** What each statement took inside of Postgres, checks of foreign keys included and the write to disk at COMMIT not. */
export async function readStatementCosts(pool: pg.Pool, { database, calls, count, nameOf }: Asked) {
  const { rows } = await pool.query<{ query: string; ms: number }>(COSTS, [database, calls]);
  const costs = new Map<string, number>();
  for (const { query, ms } of rows)
    costs.set(nameOf(query), (costs.get(nameOf(query)) ?? 0) + (ms * 1_000) / count);
  return [...costs]
    .map(([what, micros]): StatementCost => ({ what, micros }))
    .toSorted((one, other) => other.micros - one.micros);
}

/** By the table that it names first. */
export function nameOfStatement(query: string): string {
  const [, verb, table] = /(insert into|update|from) portal\.(\w+)/.exec(query) ?? [];
  if (verb !== undefined) return `${verb === 'from' ? 'lock' : verb.replace(' into', '')} ${table}`;
  return query.includes('advisory') ? 'lock names' : 'begin and its limits';
}
