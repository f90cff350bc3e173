import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { readCredentials } from '../../credentials.ts';

const TIMEOUT_MS = 10_000;

/** Sends a signed GET to an AWS service for which no client is installed. */
export async function signedGet(
  service: 'sts' | 'scheduler',
  region: string,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<string> {
  const host = `${service}.${region}.amazonaws.com`;
  const base = new URL(process.env['AWS_ENDPOINT_URL'] ?? `https://${host}`);
  const signer = new SignatureV4({
    service,
    region,
    credentials: readCredentials(),
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: base.protocol,
    hostname: base.hostname,
    ...(base.port === '' ? {} : { port: Number(base.port) }),
    path,
    query: { ...query },
    headers: { host: base.host, accept: 'application/json' },
  });
  const url = new URL(path, base);
  url.search = new URLSearchParams(query).toString();
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${host} answered ${response.status}.`);
  return text;
}
