import { generateKeyPairSync, hash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { SQSRecord } from 'aws-lambda';
import { generate } from 'selfsigned';
import { readBody } from '../local/aws/http-server.ts';
import { aRecord } from '../test/support/processor.ts';
import { muxSecret } from '../test/support/providers/mux.ts';

type Input = Readonly<Record<string, unknown>>;
type Operation = (input: Input) => Promise<object> | object | undefined;
type Attributes = Readonly<Record<string, { readonly StringValue: string }>>;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
const playbackKey = JSON.stringify({ keyId: 'key-1', privateKey: pem });

/** Variables of a function in Lambda. The trace is not sampled, as most are not. */
const functionEnvironment = {
  LAMBDA_TASK_ROOT: '/var/task',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
  _X_AMZN_TRACE_ID: 'Root=1-6922d0d3-1f2e3d4c5b6a798001122334;Parent=53995c3f42cd8ad8;Sampled=0',
  AWS_REGION: 'ap-southeast-2',
  AWS_ACCESS_KEY_ID: 'BENCH',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_SESSION_TOKEN: 'bench',
  EVENT_BUS_NAME: 'bench',
  METRICS_NAMESPACE: 'bench',
  SIGNING_SECRET_ID: 'signing-secret',
  PLAYBACK_SIGNING_KEY_SECRET_ID: 'playback-key',
  PLAYBACK_KEY: playbackKey,
};

/**
 * SQS, Secrets Manager and EventBridge as far as functions use them. Functions run in other
 * processes and connect over TLS, to one port for each service.
 */
export class StandIn {
  /** Environment of a function next to this stand-in. */
  readonly environment: Record<string, string> = { ...functionEnvironment };
  /** Messages in order. A received message is not redelivered: a lost event fails the run. */
  #waiting: SQSRecord[] = [];
  #batchSize = 10;
  readonly #idlePollers = new Set<Socket>();
  readonly #log: FileHandle;
  #unwritten: SQSRecord[] = [];
  #writing = Promise.resolve();
  #nextWrite: Promise<void> | undefined;

  private constructor(log: FileHandle) {
    this.#log = log;
  }

  static async open(directory: string): Promise<StandIn> {
    const standIn = new StandIn(await open(join(directory, 'queue.log'), 'w'));
    const { environment } = standIn;
    const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];
    const { private: key, cert } = await generate(undefined, {
      keyType: 'ec',
      extensions: [{ name: 'subjectAltName', altNames }],
    });
    environment['NODE_EXTRA_CA_CERTS'] = join(directory, 'certificate.pem');
    writeFileSync(environment['NODE_EXTRA_CA_CERTS'], cert);
    for (const service of ['SECRETS_MANAGER', 'EVENTBRIDGE', 'SQS']) {
      const url = `https://127.0.0.1:${await listen(standIn.#openService(key, cert))}`;
      environment[`AWS_ENDPOINT_URL_${service}`] = url;
      environment['QUEUE_URL'] = `${url}/000000000000/deliveries`;
    }
    environment['POLLER_PORT'] = String(await listen(standIn.#openPollers()));
    return standIn;
  }

  /** Replaces the messages of the queue and hands them out. */
  fill(records: readonly SQSRecord[], batchSize = 10): void {
    this.#waiting = [...records];
    this.#batchSize = batchSize;
    this.#handOut();
  }

  /** Empties the queue. @returns the bodies of the messages that waited, in order. */
  clear(): readonly string[] {
    const bodies = this.#waiting.map(({ body }) => body);
    this.fill([]);
    return bodies;
  }

  /** Sends a batch to every idle poller. */
  #handOut(): void {
    for (const poller of this.#idlePollers) {
      if (this.#waiting.length === 0) return;
      this.#idlePollers.delete(poller);
      poller.write(`${JSON.stringify(this.#waiting.splice(0, this.#batchSize))}\n`);
    }
  }

  readonly #operations: Readonly<Record<string, Operation>> = {
    'AmazonSQS.SendMessage': async ({ MessageBody, MessageAttributes = {} }) => {
      const attributes = Object.entries(MessageAttributes as Attributes);
      const texts = attributes.map(([name, { StringValue }]) => [name, StringValue]);
      const record = aRecord(String(MessageBody), Object.fromEntries(texts));
      await this.#accept(record);
      return { MessageId: record.messageId, MD5OfMessageBody: hash('md5', record.body) };
    },
    'AmazonSQS.ChangeMessageVisibility': () => ({}),
    'secretsmanager.GetSecretValue': ({ SecretId }) => {
      const secrets = { 'signing-secret': muxSecret, 'playback-key': playbackKey };
      // The id of a database's secret is its URL.
      return { SecretString: secrets[SecretId as keyof typeof secrets] ?? SecretId };
    },
    'AWSEvents.PutEvents': ({ Entries }) => ({
      FailedEntryCount: 0,
      Entries: (Entries as readonly object[]).map(() => ({ EventId: randomUUID() })),
    }),
  };

  /** Resolves once the message is on the disk. Messages of one write share a disk flush. */
  #accept(record: SQSRecord): Promise<void> {
    this.#unwritten.push(record);
    this.#nextWrite ??= this.#writing = this.#writing.then(async () => {
      const records = this.#unwritten;
      this.#unwritten = [];
      this.#nextWrite = undefined;
      await this.#log.appendFile(records.map(({ body }) => body).join('\n'));
      await this.#log.datasync();
      this.#waiting.push(...records);
      this.#handOut();
    });
    return this.#nextWrite;
  }

  /** Speaks AWS's JSON protocol over TLS 1.3 and rejects unsigned requests. */
  #openService(key: string, cert: string): Server {
    const options = { key, cert, minVersion: 'TLSv1.3', keepAliveTimeout: 60_000 } as const;
    return createTlsServer(options, async (request, response) => {
      const operation = this.#operations[String(request.headers['x-amz-target'])];
      const isSigned = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ');
      const input = JSON.parse((await readBody(request)).toString());
      const output = isSigned ? await operation?.(input) : undefined;
      const body = JSON.stringify(output ?? { __type: 'ResourceNotFoundException' });
      response.writeHead(output === undefined ? 400 : 200, {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    });
  }

  /** A poller writes when it is idle and receives its next batch as a line of JSON. */
  #openPollers(): Server {
    return createServer((socket) => {
      socket.setNoDelay(true).on('error', () => {});
      socket.on('close', () => this.#idlePollers.delete(socket));
      socket.on('data', () => {
        this.#idlePollers.add(socket);
        this.#handOut();
      });
    });
  }
}

/** @returns the port. */
async function listen(server: Server): Promise<number> {
  await once(server.unref().listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}
