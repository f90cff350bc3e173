import { randomUUID } from 'node:crypto';
import type { Fault } from './function-environment.ts';
import type { LocalFunction } from './functions.ts';

export interface AsyncSettings {
  readonly target: LocalFunction;
  readonly functionArn: string;
  readonly maximumRetryAttempts: number;
  /** Where Lambda sends what failed every attempt. */
  readonly onFailure?: (record: object) => Promise<void>;
  readonly timeScale: number;
}

export interface AsyncInvoker {
  /** Returns at once; what becomes of the invocation is nobody's answer. */
  invoke(event: unknown): void;
  /** Gives up retries that are not due yet, and resolves once nothing is under way. */
  stop(): Promise<void>;
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const RETRY_AFTER_MS = [60_000, 120_000];

/** Lambda's asynchronous invocation: again after one and two minutes, then the failure destination. */
export function makeAsyncInvoker({
  target,
  functionArn,
  maximumRetryAttempts,
  onFailure,
  timeScale,
}: AsyncSettings): AsyncInvoker {
  const underWay = new Set<Promise<void>>();
  const stopping = Promise.withResolvers<'stopped'>();

  async function run(event: unknown): Promise<void> {
    const requestId = randomUUID();
    for (let attempt = 0; ; attempt += 1) {
      const invocation = await target.invoke(event, requestId);
      if (invocation.ok) return;
      if (attempt >= maximumRetryAttempts) {
        await onFailure?.(
          failureRecord(functionArn, event, requestId, invocation.fault, attempt + 1),
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
    invoke(event) {
      const running = run(event).catch(() => {});
      underWay.add(running);
      running.finally(() => underWay.delete(running));
    },
    async stop() {
      stopping.resolve('stopped');
      await Promise.all(underWay);
    },
  };
}

function failureRecord(
  functionArn: string,
  event: unknown,
  requestId: string,
  fault: Fault,
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
    responsePayload: fault,
  };
}
