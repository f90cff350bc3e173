import type pg from 'pg';

export interface StatementCost {
  readonly what: string;
  readonly microsPerEvent: number;
}

const COSTS = `
  select query, total_plan_time + total_exec_time as ms
    from pg_stat_statements
   where dbid = (select oid from pg_database where datname = current_database()) and calls > 1
   order by ms desc`;

/** What each statement took inside of Postgres, checks of foreign keys included and the write to disk at COMMIT not. */
export async function readStatementCosts(pool: pg.Pool, events: number): Promise<readonly StatementCost[]> {
  const { rows } = await pool.query<{ query: string; ms: number }>(COSTS);
  const costs = new Map<string, number>();
  for (const { query, ms } of rows) costs.set(nameOf(query), (costs.get(nameOf(query)) ?? 0) + (ms * 1_000) / events);
  return [...costs]
    .map(([what, microsPerEvent]) => ({ what, microsPerEvent }))
    .toSorted((one, other) => other.microsPerEvent - one.microsPerEvent);
}

function nameOf(query: string): string {
  const [, verb, table] = /(insert into|update|from) portal\.(\w+)/.exec(query) ?? [];
  if (verb !== undefined) return `${verb === 'from' ? 'lock' : verb.replace(' into', '')} ${table}`;
  return query.includes('advisory') ? 'lock names' : 'begin and its limits';
}
