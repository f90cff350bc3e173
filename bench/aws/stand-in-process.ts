import { hash, randomUUID } from 'node:crypto';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the stand-in is told first, and after that `take`. */
export interface Opening {
  readonly key: string;
  readonly cert: string;
  /** By id; none has a previous version. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Answers `take`: what came since it was asked last. */
export interface Taken {
  /** Bodies of messages, in their order. */
  readonly messages: readonly string[];
  /** Events that were put on the bus. */
  readonly events: number;
}

type Input = Readonly<Record<string, unknown>>;
type Answer = readonly [status: number, answer: object];

let secrets: Opening['secrets'] = {};
let messages: string[] = [];
let events = 0;

const operations: Readonly<Record<string, (input: Input) => Answer>> = {
  'AmazonSQS.SendMessage'({ MessageBody }) {
    const body = String(MessageBody);
    messages.push(body);
    return [200, { MessageId: randomUUID(), MD5OfMessageBody: hash('md5', body) }];
  },
  'secretsmanager.GetSecretValue'({ SecretId, VersionStage = 'AWSCURRENT' }) {
    const SecretString = VersionStage === 'AWSCURRENT' ? secrets[String(SecretId)] : undefined;
    return SecretString === undefined
      ? [400, { __type: 'ResourceNotFoundException' }]
      : [200, { Name: SecretId, SecretString }];
  },
  'AWSEvents.PutEvents'({ Entries }) {
    const entries = Entries as readonly object[];
    events += entries.length;
    return [200, { FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: randomUUID() })) }];
  },
};

process.on('message', async (message: Opening | 'take') => {
  if (message === 'take') {
    process.send?.({ messages, events } satisfies Taken);
    messages = [];
    events = 0;
    return;
  }
  secrets = message.secrets;
  const options = { key: message.key, cert: message.cert, minVersion: 'TLSv1.3' } as const;
  // One port for each service: functions open a connection to each, as to the hosts of AWS.
  process.send?.(await Promise.all([open(options), open(options), open(options)]));
});

function open(options: ServerOptions): Promise<number> {
  const server = createServer(options, async (request, response) => {
    const operation = operations[String(request.headers['x-amz-target'])];
    const isSigned = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false;
    const [status, answer] =
      operation === undefined || !isSigned
        ? ([400, { __type: 'InvalidAction' }] as const)
        : operation(JSON.parse(await text(request)));
    const body = JSON.stringify(answer);
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
  // AWS keeps an idle connection for longer than any pause between two slices.
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}
