import type { AsyncInvoker } from './async-invocation.ts';
import type { LocalFunction } from './functions.ts';

/** Functions of the template, found by name or ARN. */
export interface DeployedFunctions {
  named(nameOrArn: string): LocalFunction;
  readonly all: readonly LocalFunction[];
  asyncInvoker(nameOrArn: string): AsyncInvoker;
  stop(): Promise<void>;
}
