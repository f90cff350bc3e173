import { hash, randomUUID } from 'node:crypto';
import { reportUsage } from '../usage.ts';
import type { Certificate } from './certificate.ts';
import { type Operations, openService } from './json-service.ts';

/** What the stand-in is told first, and after that `take`. */
export interface Opening extends Certificate {
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

let secrets: Opening['secrets'] = {};
let messages: string[] = [];
let events = 0;

const operations: Operations = {
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

reportUsage();
process.on('message', async (message: Opening | 'take' | 'usage') => {
  if (message === 'usage') return;
  if (message === 'take') {
    process.send?.({ messages, events } satisfies Taken);
    messages = [];
    events = 0;
    return;
  }
  const { key, cert } = message;
  secrets = message.secrets;
  // One port for each service: functions open a connection to each, as to the hosts of AWS.
  process.send?.(
    await Promise.all(Array.from({ length: 3 }, () => openService({ key, cert }, operations))),
  );
});
