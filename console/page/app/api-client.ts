import type { ConsoleCommand } from '../../console-api.ts';

/** The console answered with an error. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
  }
}

const TIMEOUT_MS = 40_000;
const RELOADED = 'reloaded-for-session';

export const getJson = <Result>(path: string): Promise<Result> => request<Result>(path, {});

/** Runs an operator command as the operator. */
export const runCommand = <Result>(command: ConsoleCommand, given: object = {}): Promise<Result> =>
  request<Result>('commands', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ command, arguments: withoutEmpty(given) }),
  });

const withoutEmpty = (given: object) =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== ''),
  );

async function request<Result>(path: string, options: RequestInit): Promise<Result> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`/console/api/${path}`, { ...options, signal }).catch(() => {
    throw new ApiError(0, 'The console is not reachable. Does its program still run?');
  });
  const body = (await response.json().catch(() => ({}))) as Result & { detail?: string };
  if (response.status === 401) startNewSession();
  if (!response.ok)
    throw new ApiError(response.status, body.detail ?? `The answer was ${response.status}.`);
  sessionStorage.removeItem(RELOADED);
  return body;
}

/** Loads the page again, once: a restarted local instance then starts a new session. */
function startNewSession(): void {
  if (sessionStorage.getItem(RELOADED) !== null) return;
  sessionStorage.setItem(RELOADED, 'yes');
  location.reload();
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
