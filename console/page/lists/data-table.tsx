import { type ReactNode, useEffect, useRef } from 'react';
import { LoadState } from '../parts/empty-state.tsx';
import type { PagedList } from './use-list.ts';

export interface Column<Row> {
  readonly label: string;
  readonly show: (row: Row) => ReactNode;
  /** Style of the column: `main` names the row, `actions` holds its buttons. */
  readonly kind?: 'main' | 'number' | 'text' | 'actions';
}

/** Content of a cell whose row has no value. */
export const NO_VALUE = '–';

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly list: PagedList<Row>;
  readonly keyOf: (row: Row) => string;
  readonly empty: ReactNode;
}

/**
 * A table that grows with the window: the next page is loaded when its end becomes visible. Roles
 * are explicit, because rows are blocks on a narrow screen.
 */
export function DataTable<Row>({ caption, columns, list, keyOf, empty }: DataTableProps<Row>) {
  const { rows, error } = list;
  if (rows === undefined) return <LoadState isLoaded={false} error={error} />;
  return (
    <>
      <LoadState isLoaded error={error} />
      {rows.length === 0 ? (
        empty
      ) : (
        <Rows caption={caption} columns={columns} rows={rows} keyOf={keyOf} />
      )}
      <MoreRows list={list} />
    </>
  );
}

interface RowsProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

// biome-ignore-start lint/a11y/noRedundantRoles: a row that is a block loses its role
export function Rows<Row>({ caption, columns, rows, keyOf }: RowsProps<Row>) {
  return (
    <table role="table" className="data">
      <caption className="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ label, kind = 'text' }) => (
            <th key={label} role="columnheader" scope="col" className={kind}>
              {kind === 'actions' ? <span className="unseen">{label}</span> : label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map((column) => (
              <Cell key={column.label} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
interface CellProps<Row> {
  readonly column: Column<Row>;
  readonly row: Row;
}

/** A narrow screen leaves out cells without a value. */
function Cell<Row>({ column: { label, show, kind = 'text' }, row }: CellProps<Row>) {
  const content = show(row);
  const className = content === NO_VALUE || content === null ? `${kind} none` : kind;
  return (
    <td role="cell" className={className} data-label={label}>
      {content}
    </td>
  );
}
// biome-ignore-end lint/a11y/noRedundantRoles: a row that is a block loses its role

function MoreRows<Row>({ list }: { readonly list: PagedList<Row> }) {
  const { hasMore, isLoadingMore, loadMore } = list;
  const rowCount = list.rows?.length;
  const end = useRef<HTMLDivElement>(null);
  const load = useRef(loadMore);
  load.current = loadMore;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `rowCount` observes the end again
  useEffect(() => {
    if (end.current === null || !hasMore) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void load.current();
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasMore, rowCount]);
  if (!hasMore) return null;
  return (
    <div ref={end} className="more">
      <button type="button" disabled={isLoadingMore} onClick={() => void loadMore()}>
        {isLoadingMore ? 'Loading…' : 'Load more'}
      </button>
    </div>
  );
}
