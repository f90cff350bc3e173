import type pg from 'pg';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';

/** Node of a plan in the JSON format of EXPLAIN. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * `generic`: the statement is prepared and planned without its parameters, as in the processors.
 * `custom`: it is planned for its parameters.
 */
export type PlanMode = 'generic' | 'custom';

export interface WholeTableRead {
  readonly mode: PlanMode;
  readonly node: string;
  readonly statement: string;
}

/**
 * Runs statements as the code sends them, and first explains each. Collects the plans that read a
 * whole table, or a whole index and discard rows of it.
 */
export class ExplainingClient implements Queryable {
  readonly reads: WholeTableRead[] = [];
  statements = 0;
  readonly #client: pg.PoolClient;
  readonly #modes: readonly PlanMode[];
  readonly #partialIndexes: ReadonlySet<string>;

  constructor(
    client: pg.PoolClient,
    modes: readonly PlanMode[],
    partialIndexes: ReadonlySet<string>,
  ) {
    this.#client = client;
    this.#modes = modes;
    this.#partialIndexes = partialIndexes;
  }

  async query<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    this.statements += 1;
    for (const mode of this.#modes) {
      const explained = await this.#explain(mode, text, values);
      for (const node of nodesOf(explained)) {
        if (this.#readsEverything(node))
          this.reads.push({ mode, node: describe(node), statement: text.trim() });
      }
    }
    return this.#client.query<Row>(text, [...values]);
  }

  async #explain(mode: PlanMode, text: string, values: readonly unknown[]): Promise<PlanNode> {
    const { rows } =
      mode === 'generic'
        ? await this.#client.query(`explain (generic_plan, format json) ${text}`)
        : await this.#client.query(`explain (format json) ${text}`, [...values]);
    return rows[0]['QUERY PLAN'][0].Plan;
  }

  #readsEverything(node: PlanNode): boolean {
    const type = node['Node Type'];
    if (type === 'Seq Scan') return true;
    if (!/^(Index|Index Only|Bitmap Index) Scan$/.test(type)) return false;
    const isPartial = this.#partialIndexes.has(node['Index Name'] ?? '');
    return !isPartial && node['Index Cond'] === undefined && node.Filter !== undefined;
  }
}

const nodesOf = (node: PlanNode): readonly PlanNode[] => [
  node,
  ...(node.Plans ?? []).flatMap(nodesOf),
];

const describe = (node: PlanNode) =>
  [node['Node Type'], node['Index Name'] ?? node['Relation Name'], node.Filter]
    .filter((part) => part !== undefined)
    .join(' ');

export async function findPartialIndexes(pool: pg.Pool): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_index join pg_class on pg_class.oid = indexrelid
      where indpred is not null`,
  );
  return new Set(rows.map(({ name }) => name));
}

/** Explains every statement of `run` in a transaction that is rolled back. */
export async function explain(
  pool: pg.Pool,
  modes: readonly PlanMode[],
  run: (db: Queryable) => Promise<unknown>,
): Promise<ExplainingClient> {
  const partialIndexes = await findPartialIndexes(pool);
  const client = await pool.connect();
  const explaining = new ExplainingClient(client, modes, partialIndexes);
  try {
    await client.query('begin');
    await run(explaining);
    return explaining;
  } finally {
    await client.query('rollback');
    client.release();
  }
}
