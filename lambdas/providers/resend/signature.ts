import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Identify, SignEvent, Verify } from '../../pipeline/delivery.ts';
import { isUnixTime, refuse, verdictOn } from '../../pipeline/signature-verdict.ts';
import type { SecretVersion, SigningSecret } from '../../runtime/secrets.ts';

/**
 * Svix's scheme: `svix-signature: v1,<base64 HMAC-SHA256 of "<svix-id>.<svix-timestamp>.<body>">`, several of them
 * separated by spaces, since Resend signs with both secrets for 24 h after a rotation.
 * Stricter than standardwebhooks: the timestamp must be a plain number of seconds.
 */
export const verifyResendSignature: Verify = (delivery, signingSecrets) => {
  const secrets = withKeys(signingSecrets);
  const { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signatures } = delivery.headers;
  if (!id || !timestamp || !signatures) return refuse('missing-signature');
  if (!isUnixTime(timestamp)) return refuse('malformed-signature');
  const prefix = `${id}.${timestamp}.`;
  return verdictOn(delivery, {
    timestamp,
    candidates: signatures.split(' ').flatMap(signatureOfVersion1),
    secrets,
    expected: ({ key }) => digest(key, prefix, delivery.body),
  });
};

export const signResendEvent: SignEvent = ({ eventId, eventType, at }, secret) => {
  const body = JSON.stringify({ type: eventType, created_at: at.toISOString(), data: {} });
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = digest(signingKey(secret), `${eventId}.${timestamp}.`, body);
  return {
    body,
    headers: { 'svix-id': eventId, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` },
  };
};

const digest = (key: KeyObject, prefix: string, body: string | Buffer): string =>
  createHmac('sha256', key).update(prefix).update(body).digest('base64');

/** The body has no id of its own; `svix-id` stays the same over retries and replays. */
export const identifyResendEvent: Identify = ({ headers, document }) => ({
  eventId: headers['svix-id'],
  eventType: document['type'],
});

interface SecretWithKey {
  readonly version: SecretVersion;
  readonly key: KeyObject;
}

// Secrets are read once for many deliveries.
const known = new WeakMap<readonly SigningSecret[], readonly SecretWithKey[]>();

function withKeys(secrets: readonly SigningSecret[]): readonly SecretWithKey[] {
  const made = known.get(secrets);
  if (made !== undefined) return made;
  const withKeys = secrets.map(({ version, value }) => ({ version, key: signingKey(value) }));
  known.set(secrets, withKeys);
  return withKeys;
}

function signatureOfVersion1(item: string): string[] {
  const [version, signature] = item.split(',');
  return version === 'v1' && signature ? [signature] : [];
}

// Buffer reads any text as base64 and drops what it does not understand: a damaged secret would become another key.
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

// Not the bytes themselves: createHmac of Node 24 takes three times as long with those as with a key that is one.
function signingKey(secret: string): KeyObject {
  const text = secret.replace(/^whsec_/, '');
  if (!base64.test(text)) throw new Error('The signing secret is not whsec_ followed by base64.');
  return createSecretKey(text, 'base64');
}
