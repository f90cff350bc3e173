import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** A POST to `/` without a query, the only form of request in the JSON protocols of AWS. */
export interface UnsignedPost {
  readonly service: string;
  readonly region: string;
  readonly host: string;
  readonly contentType: string;
  readonly target: string;
  readonly body: string;
}

/**
 * Returns the headers of the signed request. Implements the part of Signature Version 4 that such a
 * POST needs:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedHeaders(
  { service, region, host, contentType, target, body }: UnsignedPost,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now: Date,
): Readonly<Record<string, string>> {
  const time = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  // Alphabetical, because the signature covers the headers in this order.
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
  const parts = [
    `Credential=${accessKeyId}/${scope}`,
    `SignedHeaders=${names}`,
    `Signature=${signature}`,
  ];
  return { ...headers, authorization: `AWS4-HMAC-SHA256 ${parts.join(', ')}` };
}

// One key for each service. A key is valid for a day, and credentials change less often than that.
const keys = new Map<string, { readonly derivedFrom: string; readonly key: KeyObject }>();

function signingKey(
  secretAccessKey: string,
  day: string,
  region: string,
  service: string,
): KeyObject {
  const derivedFrom = `${secretAccessKey} ${day} ${region}`;
  const cached = keys.get(service);
  if (cached?.derivedFrom === derivedFrom) return cached.key;
  const parts = [day, region, service, 'aws4_request'];
  const start = createSecretKey(`AWS4${secretAccessKey}`, 'utf8');
  const key = parts.reduce(
    (key, part) => createSecretKey(createHmac('sha256', key).update(part).digest()),
    start,
  );
  keys.set(service, { derivedFrom, key });
  return key;
}
