import type pg from 'pg';

const TABLES = `
  select class.oid, class.relname as name
  from pg_class class join pg_namespace namespace on namespace.oid = class.relnamespace
  where namespace.nspname = $1::text and class.relkind in ('r', 'p')
  order by class.relname`;

const COLUMNS = `
  select format('%s %s%s%s', quote_ident(attname), format_type(atttypid, atttypmod),
           case when attnotnull then ' not null' else '' end,
           case
             when attidentity <> '' then ' generated always as identity'
             when attgenerated <> ''
               then format(' generated always as (%s) stored', pg_get_expr(adbin, adrelid))
             when adbin is not null then ' default ' || pg_get_expr(adbin, adrelid)
             else ''
           end) as line
  from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attrelid = $1::oid and attnum > 0 and not attisdropped
  order by attnum`;

// Excludes not-null constraints: Postgres 18 names them, but COLUMNS already contains `not null`.
const CONSTRAINTS = `
  select format('constraint %s %s', quote_ident(conname), pg_get_constraintdef(oid)) as line
  from pg_constraint
  where conrelid = $1::oid and contype <> 'n'
  order by contype desc, conname`;

const INDEXES = `
  select pg_get_indexdef(indexrelid) || ';' as line
  from pg_index
  where indrelid = $1::oid
    and not exists (
      select from pg_constraint where conindid = indexrelid and conrelid = indrelid)
  order by indexrelid::regclass::text`;

const FUNCTIONS = `
  select pg_get_functiondef(oid) || ';' as line
  from pg_proc
  where pronamespace = $1::text::regnamespace
  order by proname`;

interface Line {
  readonly line: string;
}

/** Describes a schema as readable SQL, so that the result of all migrations can be compared. */
export async function describeSchema(db: pg.Pool | pg.Client, schema: string): Promise<string> {
  const lines = async (statement: string, value: unknown) =>
    (await db.query<Line>(statement, [value])).rows.map(({ line }) => line);
  const parts = [`create schema ${schema};`, ...(await lines(FUNCTIONS, schema))];
  const { rows: tables } = await db.query<{ oid: number; name: string }>(TABLES, [schema]);
  for (const { oid, name } of tables) {
    const members = [...(await lines(COLUMNS, oid)), ...(await lines(CONSTRAINTS, oid))];
    parts.push(`create table ${schema}.${name} (\n  ${members.join(',\n  ')}\n);`);
    parts.push(...(await lines(INDEXES, oid)));
  }
  return `${parts.join('\n\n')}\n`;
}
