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
  try {
    const response = await fetch(`/console/api/${path}`, { ...options, signal });
    return readAnswer<Result>(response.status, await response.text());
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0, describeFailure(error));
  }
}

const describeFailure = (error: unknown) =>
  error instanceof DOMException && error.name === 'TimeoutError'
    ? `No answer after ${TIMEOUT_MS / 1_000} seconds.`
    : 'The console is not reachable. Does its program still run?';

function readAnswer<Result>(status: number, text: string): Result {
  if (status === 401) startNewSession();
  const body = parseObject(text);
  if (status < 200 || status > 299)
    throw new ApiError(status, String(body?.['detail'] ?? `The answer was ${status}.`));
  if (body === undefined) throw new ApiError(status, 'The answer is not JSON.');
  sessionStorage.removeItem(RELOADED);
  return body as Result;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Loads the page again, once: a restarted local instance then starts a new session. */
function startNewSession(): void {
  if (sessionStorage.getItem(RELOADED) !== null) return;
  sessionStorage.setItem(RELOADED, 'yes');
  location.reload();
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
