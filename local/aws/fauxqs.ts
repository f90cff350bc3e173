import type { DatabaseSync } from 'node:sqlite';
import { buildApp } from 'fauxqs';

export type Fauxqs = ReturnType<typeof buildApp>;
type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/** Parts of fauxqs 2.4.1 that this file changes. */
interface Persistence {
  readonly db: DatabaseSync;
  transaction(run: () => void): void;
  prepareStatements(): object;
  updateMessageReady(messageId: string): void;
  loadSqsAndSns(sqs: object, sns: object): void;
  close(): void;
}

interface Queue {
  persistence?: Persistence;
  dequeue(...given: unknown[]): unknown;
}

interface Parts {
  readonly invalidCharacter: RegExp;
  readonly PersistenceManager: {
    new (directory: string): Persistence;
    readonly prototype: Persistence;
  };
  readonly SqsQueue: { readonly prototype: Queue };
  readonly SqsStore: new () => { persistence?: Persistence; allQueues(): Iterable<Queue> };
  readonly SnsStore: new () => object;
  readonly S3Store: new () => object;
}

let parts: Promise<Parts> | undefined;

/**
 * Makes the fauxqs app, which keeps its messages in the directory if one is given.
 * @returns an object, because an `await` on the app itself would start it before it has its hooks.
 */
export async function makeFauxqs(
  region: string,
  directory: string | undefined,
): Promise<{ readonly app: Fauxqs }> {
  parts ??= fixedParts();
  const options = { logger: false, defaultRegion: region };
  const fixed = await parts;
  return {
    app: directory === undefined ? buildApp(options) : durableApp(options, directory, fixed),
  };
}

/**
 * The receivers of an earlier process died with it, so their messages return after a short time
 * instead of the visibility timeout of minutes. Not at once: the time may be a backoff.
 */
const RETURN_AFTER_MS = 10_000;

const SHORTEN_VISIBILITY = `
  update sqs_messages set visibility_deadline = min(visibility_deadline, ?)
   where visibility_deadline is not null`;

/** Connects the stores as `startFauxqs` does, which would listen on every interface. */
function durableApp(
  options: { readonly logger: boolean; readonly defaultRegion: string },
  directory: string,
  { PersistenceManager, SqsStore, SnsStore, S3Store }: Parts,
): Fauxqs {
  const persistence = new PersistenceManager(directory);
  persistence.db.prepare(SHORTEN_VISIBILITY).run(Date.now() + RETURN_AFTER_MS);
  const sqsStore = new SqsStore();
  const snsStore = new SnsStore();
  // The stores must not write while they load: replacing a queue's row deletes its messages.
  persistence.loadSqsAndSns(sqsStore, snsStore);
  sqsStore.persistence = persistence;
  for (const queue of sqsStore.allQueues()) queue.persistence = persistence;
  const stores = { sqsStore, snsStore, s3Store: new S3Store() } as unknown as Stores;
  const app = buildApp({ ...options, stores });
  app.addHook('preClose', async () => persistence.close());
  return app;
}

/** Loads and corrects the parts of fauxqs, once in this process. */
async function fixedParts(): Promise<Parts> {
  const [types, persistence, sqs, sns, s3] = await Promise.all(
    ['sqs/sqsTypes', 'persistence', 'sqs/sqsStore', 'sns/snsStore', 's3/s3Store'].map(importPart),
  );
  const loaded = {
    ...persistence,
    ...sqs,
    ...sns,
    ...s3,
    invalidCharacter: types?.['INVALID_MESSAGE_BODY_CHAR'],
  } as unknown as Parts;
  acceptEveryCharacter(loaded.invalidCharacter);
  skipFlushes(loaded.PersistenceManager.prototype);
  keepReceiveCounts(loaded.PersistenceManager.prototype);
  moveDeadLettersAtOnce(loaded.SqsQueue.prototype);
  return loaded;
}

const importPart = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
  import(new URL(`${path}.js`, import.meta.resolve('fauxqs')).href);

/**
 * Makes fauxqs accept characters outside the basic plane, such as emoji, as SQS does.
 * fauxqs tests UTF-16 code units and therefore rejects them.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function acceptEveryCharacter(pattern: RegExp): void {
  const invalid = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
  pattern.test = (text) => invalid.test(text);
}

/**
 * Stops SQLite from flushing the disk at each commit, which takes milliseconds. A killed process
 * loses nothing that it wrote; a power failure may lose the last messages.
 */
function skipFlushes(persistence: Persistence): void {
  const { prepareStatements } = persistence;
  persistence.prepareStatements = function prepareFast(this: Persistence) {
    this.db.exec('pragma synchronous = off');
    return prepareStatements.call(this);
  };
}

const RETURN_MESSAGE = `
  update sqs_messages set receipt_handle = null, visibility_deadline = null
   where message_id = ?`;

/** Keeps the receive count of a returned message; fauxqs writes null, which its schema rejects. */
function keepReceiveCounts(persistence: Persistence): void {
  persistence.updateMessageReady = function returnMessage(this: Persistence, messageId) {
    this.db.prepare(RETURN_MESSAGE).run(messageId);
  };
}

/**
 * Moves dead letters in one transaction. fauxqs deletes a message first and then inserts it into
 * the other queue, so a process that is killed between both would lose the message.
 */
function moveDeadLettersAtOnce(queue: Queue): void {
  const { dequeue } = queue;
  queue.dequeue = function dequeueAtOnce(this: Queue, ...given: unknown[]) {
    const { persistence } = this;
    // A receiver that waits on the dead-letter queue dequeues within the move.
    if (persistence === undefined || persistence.db.isTransaction)
      return dequeue.apply(this, given);
    let received: unknown;
    persistence.transaction(() => {
      received = dequeue.apply(this, given);
    });
    return received;
  };
}
