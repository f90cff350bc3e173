import { createContext, useContext } from 'react';
import type { OpenWork } from '../../../lambdas/monitoring/open-work.ts';
import type { ConsoleContext } from '../../console-api.ts';

/** Result of `backlog show`. */
export interface Backlog extends OpenWork {
  readonly queues: readonly {
    readonly provider: string;
    readonly waiting: number;
    readonly deadLetters: number;
  }[];
}

export interface Shell {
  readonly context: ConsoleContext;
  readonly backlog: Backlog | undefined;
  /** Reads the backlog again after an action. */
  readonly refresh: () => void;
  /** Shows a short message, which screen readers announce. */
  readonly notify: (message: string) => void;
}

export const ShellContext = createContext<Shell | undefined>(undefined);

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === undefined) throw new Error('This component must be inside the shell.');
  return shell;
}
