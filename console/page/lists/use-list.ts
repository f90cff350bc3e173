import { useCallback, useEffect, useRef, useState } from 'react';
import type { ConsoleCommand } from '../../console-api.ts';
import { messageOf, runCommand } from '../app/api-client.ts';
import { repeatWhileVisible } from '../app/use-polling.ts';

export interface ListQuery {
  readonly command: ConsoleCommand;
  readonly given: Readonly<Record<string, unknown>>;
  /** Field of the result that holds the rows. */
  readonly field: string;
  /** Undefined for a list that is read only once. */
  readonly refreshMs: number | undefined;
  readonly isPaused?: boolean;
}

export interface PagedList<Row> {
  /** Undefined until the first page has arrived. */
  readonly rows: readonly Row[] | undefined;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly error: string | undefined;
  /** Rows that arrived during a pause. */
  readonly newRows: number;
  readonly loadMore: () => Promise<void>;
  readonly reload: () => Promise<void>;
}

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly cursor: string | undefined;
}

interface ListState<Row> extends Page<Row> {
  readonly query: string;
  readonly newRows: number;
}

const PAGE_ROWS = 50;

/** A day, the longest time that a browser's timer is sure to count. */
const NEVER_MS = 86_400_000;

/**
 * Reads a list page by page. Each refresh reads the first page again and keeps the later pages.
 * @param keyOf Identifies a row.
 */
export function useList<Row>(query: ListQuery, keyOf: (row: Row) => string): PagedList<Row> {
  const { command, given, field, refreshMs, isPaused = false } = query;
  const id = JSON.stringify([command, given]);
  const [state, setState] = useState<ListState<Row>>();
  const [error, setError] = useState<{ readonly id: string; readonly message: string }>();
  const [isLoadingMore, setLoadingMore] = useState(false);
  const latest = useRef({ id, isPaused, keyOf });
  latest.current = { id, isPaused, keyOf };
  const current = state?.query === id ? state : undefined;

  const read = useCallback((cursor?: string) => readPage<Row>(id, field, cursor), [id, field]);

  const refresh = useCallback(
    async (shows: boolean) => {
      try {
        const page = await read();
        if (latest.current.id !== id) return;
        setError(undefined);
        setState((before) => merge(before, page, { id, shows, keyOf: latest.current.keyOf }));
      } catch (failure) {
        if (latest.current.id === id) setError({ id, message: messageOf(failure) });
      }
    },
    [read, id],
  );

  useEffect(
    () => repeatWhileVisible(() => refresh(!latest.current.isPaused), refreshMs ?? NEVER_MS),
    [refresh, refreshMs],
  );

  const loadMore = useCallback(async () => {
    if (current?.cursor === undefined || isLoadingMore) return;
    setLoadingMore(true);
    try {
      const page = await read(current.cursor);
      // Another filter may have been chosen while the page was read.
      if (latest.current.id !== id) return;
      setState((before) =>
        before?.query === id ? append(before, page, latest.current.keyOf) : before,
      );
    } catch (failure) {
      if (latest.current.id === id) setError({ id, message: messageOf(failure) });
    } finally {
      setLoadingMore(false);
    }
  }, [current?.cursor, isLoadingMore, read, id]);

  return {
    rows: current?.rows,
    hasMore: current?.cursor !== undefined,
    isLoadingMore,
    error: error?.id === id ? error.message : undefined,
    newRows: current?.newRows ?? 0,
    loadMore,
    reload: useCallback(() => refresh(true), [refresh]),
  };
}

/** @param id JSON of the command and of its arguments. */
async function readPage<Row>(id: string, field: string, cursor?: string): Promise<Page<Row>> {
  const [name, given] = JSON.parse(id) as [ConsoleCommand, object];
  const page = await runCommand<Record<string, unknown>>(name, {
    limit: PAGE_ROWS,
    ...given,
    cursor,
  });
  return {
    rows: page[field] as readonly Row[],
    cursor: page['cursor'] as string | undefined,
  };
}

interface MergeOptions<Row> {
  readonly id: string;
  /** False during a pause, which only counts the new rows. */
  readonly shows: boolean;
  readonly keyOf: (row: Row) => string;
}

function merge<Row>(
  before: ListState<Row> | undefined,
  page: Page<Row>,
  { id, shows, keyOf }: MergeOptions<Row>,
): ListState<Row> {
  if (before?.query !== id) return { ...page, query: id, newRows: 0 };
  if (!shows) {
    const known = new Set(before.rows.map(keyOf));
    return { ...before, newRows: page.rows.filter((row) => !known.has(keyOf(row))).length };
  }
  const last = page.rows.at(-1);
  const place =
    last === undefined ? -1 : before.rows.findIndex((row) => keyOf(row) === keyOf(last));
  const isGap = place === -1 || page.cursor === undefined;
  return isGap
    ? { ...page, query: id, newRows: 0 }
    : {
        rows: [...page.rows, ...before.rows.slice(place + 1)],
        cursor: before.rows.length > place + 1 ? before.cursor : page.cursor,
        query: id,
        newRows: 0,
      };
}

function append<Row>(
  before: ListState<Row>,
  page: Page<Row>,
  keyOf: (row: Row) => string,
): ListState<Row> {
  const known = new Set(before.rows.map(keyOf));
  const fresh = page.rows.filter((row) => !known.has(keyOf(row)));
  return { ...before, rows: [...before.rows, ...fresh], cursor: page.cursor };
}
