import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** A POST to `/` without a query, which is all that the JSON protocols of AWS know. */
export interface UnsignedPost {
  readonly service: string;
  readonly region: string;
  readonly host: string;
  readonly contentType: string;
  readonly target: string;
  readonly body: string;
}

/**
 * The headers of the request, by Signature Version 4, of which this is as much as such a request needs:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedHeaders(
  { service, region, host, contentType, target, body }: UnsignedPost,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now: Date,
): Readonly<Record<string, string>> {
  const time = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  // In the order of the alphabet, in which they are signed.
  const headers = {
    'content-type': contentType,
    host,
    'x-amz-date': time,
    ...(sessionToken ? { 'x-amz-security-token': sessionToken } : {}),
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const request = `POST\n/\n\n${lines.join('')}\n${names}\n${hash('sha256', body)}`;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signature = createHmac('sha256', signingKey(secretAccessKey, day, region, service))
    .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', request)}`)
    .digest('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

// One for each service: a key is good for a day, and credentials change less often than that.
const keys = new Map<string, { readonly madeOf: string; readonly key: KeyObject }>();

function signingKey(
  secretAccessKey: string,
  day: string,
  region: string,
  service: string,
): KeyObject {
  const madeOf = `${secretAccessKey} ${day} ${region}`;
  const known = keys.get(service);
  if (known?.madeOf === madeOf) return known.key;
  const parts = [day, region, service, 'aws4_request'];
  const start = createSecretKey(`AWS4${secretAccessKey}`, 'utf8');
  const key = parts.reduce(
    (key, part) => createSecretKey(createHmac('sha256', key).update(part).digest()),
    start,
  );
  keys.set(service, { madeOf, key });
  return key;
}
