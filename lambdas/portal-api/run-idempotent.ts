import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context } from 'aws-lambda';
import type { PortalOperationName } from '../catalog/portal-api.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import {
  PostgresPersistenceLayer,
  TransactionPersistenceLayer,
} from '../platform/postgres/idempotency.ts';
import type { Transaction } from '../platform/postgres/transaction.ts';
import type { PortalRequest } from './read-request.ts';
import type { OpenResponseCipher } from './response-cipher.ts';

export interface IdempotentRunOptions {
  readonly operation: PortalOperationName;
  readonly keyHours: number;
  readonly pool: GetPool;
  readonly openCipher: OpenResponseCipher;
}

export interface OperationResult {
  /** JSON text; a replay returns the same bytes. */
  readonly text: string;
  readonly replayed: boolean;
}

type RemainingTime = Pick<Context, 'getRemainingTimeInMillis'>;

/** @throws errors of the operation and of Powertools; map-error.ts maps both to problems. */
export type RunIdempotent<Body> = (
  request: PortalRequest<Body>,
  context: RemainingTime,
) => Promise<OperationResult>;

/**
 * Runs an operation that only writes to Postgres: idempotency record and effects commit together.
 * A concurrent duplicate waits for the first request, up to the lock timeout of a statement, and
 * then returns the same response.
 */
export function runIdempotentInTransaction<Body>(
  options: IdempotentRunOptions,
  operate: (request: PortalRequest<Body>, tx: Transaction) => Promise<object>,
): RunIdempotent<Body> {
  const layer = new TransactionPersistenceLayer(options.pool);
  return async (request, context) => {
    const { config, input, cipher, toResult } = await prepareRun(options, request, context);
    const run = layer.bind(
      async (_: typeof input, tx) => cipher.encrypt(await operate(request, tx)),
      {
        config,
        keyPrefix: options.operation,
      },
    );
    return toResult(await run(input));
  };
}

/**
 * Runs an operation that calls an external service: the idempotency record uses its own connection.
 * A process that dies leaves the record locked until its own deadline, and a retry then runs the
 * operation again. So the operation runs at least once around a crash, and otherwise once.
 */
export function runIdempotentAroundExternalCall<Body>(
  options: IdempotentRunOptions,
  operate: (request: PortalRequest<Body>) => Promise<object>,
): RunIdempotent<Body> {
  const persistenceStore = new PostgresPersistenceLayer(options.pool);
  return async (request, context) => {
    const { config, input, cipher, toResult } = await prepareRun(options, request, context);
    const run = makeIdempotent(async (_: typeof input) => cipher.encrypt(await operate(request)), {
      config,
      keyPrefix: options.operation,
      persistenceStore,
    });
    return toResult((await run(input)) as string);
  };
}

async function prepareRun<Body>(
  { operation, keyHours, openCipher }: IdempotentRunOptions,
  request: PortalRequest<Body>,
  context: RemainingTime,
) {
  const { caller, key, body } = request;
  let replayed = false;
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: 'body',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: keyHours * 3_600,
    // Callers choose the key, and MD5 (Powertools' default) allows them to construct collisions.
    hashFunction: 'sha256',
    responseHook: (response) => {
      replayed = true;
      return response;
    },
  });
  config.registerLambdaContext(context as Context);
  const cipher = await openCipher({ operation, caller, key });
  return {
    config,
    input: { key: [caller, key], body },
    cipher,
    toResult: async (encrypted: string): Promise<OperationResult> => ({
      text: await cipher.decrypt(encrypted),
      replayed,
    }),
  };
}
