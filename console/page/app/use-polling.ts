import { useCallback, useEffect, useRef, useState } from 'react';
import { messageOf } from './api-client.ts';

export interface Polled<Result> {
  readonly data: Result | undefined;
  readonly error: string | undefined;
  readonly updatedAt: number | undefined;
  readonly reload: () => Promise<void>;
}

/**
 * Loads at once, and again in an interval while the page is visible.
 * @param key Identifies what is loaded; another key discards the data.
 */
export function usePolling<Result>(
  key: string,
  load: () => Promise<Result>,
  everyMs: number,
): Polled<Result> {
  const [state, setState] = useState<Omit<Polled<Result>, 'reload'> & { key: string }>();
  const latest = useRef({ key, load });
  latest.current = { key, load };

  const reload = useCallback(async () => {
    const { key: requested, load: loadNow } = latest.current;
    try {
      const data = await loadNow();
      if (latest.current.key === requested)
        setState({ key: requested, data, error: undefined, updatedAt: Date.now() });
    } catch (error) {
      if (latest.current.key === requested)
        setState((before) => ({
          key: requested,
          data: before?.key === requested ? before.data : undefined,
          error: messageOf(error),
          updatedAt: before?.updatedAt,
        }));
    }
  }, []);

  // The key restarts the interval, because another page is shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` restarts the interval
  useEffect(() => repeatWhileVisible(reload, everyMs), [key, everyMs, reload]);

  const current = state?.key === key ? state : undefined;
  return {
    data: current?.data,
    error: current?.error,
    updatedAt: current?.updatedAt,
    reload,
  };
}

/** Repeats an action with a pause after each end. @returns a function that stops it. */
export function repeatWhileVisible(action: () => Promise<void>, everyMs: number): () => void {
  let stopped = false;
  let timer: number | undefined;
  const run = async () => {
    if (document.visibilityState === 'visible') await action();
    if (!stopped) timer = setTimeout(run, everyMs);
  };
  void run();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
