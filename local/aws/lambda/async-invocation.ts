import { randomUUID } from 'node:crypto';
import type { InvocationError } from './execution-environment.ts';
import type { LocalFunction } from './functions.ts';

export interface AsyncSettings {
  readonly target: LocalFunction;
  readonly functionArn: string;
  readonly maximumRetryAttempts: number;
  /** Receives the record of an invocation whose attempts all failed. */
  readonly onFailure?: (record: object) => Promise<void>;
  readonly timeScale: number;
}

export interface AsyncInvoker {
  /** Changes the settings. Retries that wait follow the new ones. */
  replace(settings: AsyncSettings): void;
  /** Starts an invocation and returns at once. The caller never receives its result. */
  invoke(event: unknown): void;
  /** Drops retries that are not due, and resolves after the running invocations. */
  stop(): Promise<void>;
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const RETRY_AFTER_MS = [60_000, 120_000];

/**
 * Implements Lambda's asynchronous invocation.
 * Retries after one and after two minutes, then sends a record to the failure destination.
 */
export function makeAsyncInvoker(first: AsyncSettings): AsyncInvoker {
  let settings = first;
  const running = new Set<Promise<void>>();
  const stopping = Promise.withResolvers<'stopped'>();

  async function run(event: unknown): Promise<void> {
    const requestId = randomUUID();
    for (let attempt = 0; ; attempt += 1) {
      const invocation = await settings.target.invoke(event, requestId);
      if (invocation.ok) return;
      const { functionArn, maximumRetryAttempts, onFailure, timeScale } = settings;
      if (attempt >= maximumRetryAttempts) {
        await onFailure?.(
          failureRecord(functionArn, event, requestId, invocation.error, attempt + 1),
        );
        return;
      }
      if ((await pause((RETRY_AFTER_MS[attempt] ?? 0) * timeScale)) === 'stopped') return;
    }
  }

  function pause(ms: number): Promise<'stopped' | 'due'> {
    let timer: NodeJS.Timeout | undefined;
    const due = new Promise<'due'>((resolve) => {
      timer = setTimeout(() => resolve('due'), ms);
    });
    return Promise.race([due, stopping.promise]).finally(() => clearTimeout(timer));
  }

  return {
    replace(next) {
      settings = next;
    },
    invoke(event) {
      const invocation = run(event).catch(() => {});
      running.add(invocation);
      invocation.finally(() => running.delete(invocation));
    },
    async stop() {
      stopping.resolve('stopped');
      await Promise.all(running);
    },
  };
}

function failureRecord(
  functionArn: string,
  event: unknown,
  requestId: string,
  error: InvocationError,
  invokeCount: number,
): object {
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn,
      condition: 'RetriesExhausted',
      approximateInvokeCount: invokeCount,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: error,
  };
}
