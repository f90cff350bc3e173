import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context } from 'aws-lambda';
import type { CommandName } from '../catalog/portal-api.ts';
import {
  type GetPool,
  PostgresPersistenceLayer,
  TransactionPersistenceLayer,
} from '../platform/postgres/idempotency.ts';
import type { Transaction } from '../platform/postgres/transaction.ts';
import { seal, unseal } from './encrypt-response.ts';
import type { CommandRequest } from './read-request.ts';

export interface IdempotentRunOptions {
  readonly operation: CommandName;
  readonly keyHours: number;
  readonly pool: GetPool;
}

export interface Once {
  /** JSON, the same bytes each time. */
  readonly text: string;
  readonly replayed: boolean;
}

type Remaining = Pick<Context, 'getRemainingTimeInMillis'>;

/** @throws what the work throws; errors of Powertools, which failed-command.ts tells apart. */
export type RunIdempotent<Body> = (
  request: CommandRequest<Body>,
  context: Remaining,
) => Promise<Once>;

/**
 * For work that is only in Postgres: record and effects commit together, or neither does. Who comes with the same key
 * meanwhile waits for the first, as long as a statement may wait for a lock, and has its answer.
 */
export function runIdempotentInTransaction<Body>(
  settings: IdempotentRunOptions,
  work: (request: CommandRequest<Body>, tx: Transaction) => Promise<object>,
): RunIdempotent<Body> {
  const layer = new TransactionPersistenceLayer(settings.pool);
  return async (request, context) => {
    const { config, input, sealed, opened } = prepare(settings, request, context);
    const options = { config, keyPrefix: settings.operation };
    return opened(
      await layer.bind(
        async (_: typeof input, tx) => sealed(await work(request, tx)),
        options,
      )(input),
    );
  };
}

/**
 * For work that calls somebody else: the record is on a connection of its own. A process that dies amid the work leaves
 * the key taken until its own deadline; the work then runs again. At least once around a crash, once otherwise.
 */
export function runIdempotentAroundExternalCall<Body>(
  settings: IdempotentRunOptions,
  work: (request: CommandRequest<Body>) => Promise<object>,
): RunIdempotent<Body> {
  const persistenceStore = new PostgresPersistenceLayer(settings.pool);
  return async (request, context) => {
    const { config, input, sealed, opened } = prepare(settings, request, context);
    const options = { config, keyPrefix: settings.operation, persistenceStore };
    return opened(
      (await makeIdempotent(
        async (_: typeof input) => sealed(await work(request)),
        options,
      )(input)) as string,
    );
  };
}

function prepare<Body>(
  { operation, keyHours }: IdempotentRunOptions,
  request: CommandRequest<Body>,
  context: Remaining,
) {
  const { caller, key, body } = request;
  let replayed = false;
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: 'body',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: keyHours * 3_600,
    // A caller chooses the key: with MD5, Powertools' default, somebody could make two that collide.
    hashFunction: 'sha256',
    responseHook: (response) => {
      replayed = true;
      return response;
    },
  });
  config.registerLambdaContext(context as Context);
  const sealKey = { operation, caller, key };
  return {
    config,
    input: { key: [caller, key], body },
    sealed: (answer: object) => seal(JSON.stringify(answer), sealKey),
    opened: (answer: string): Once => ({ text: unseal(answer, sealKey), replayed }),
  };
}
