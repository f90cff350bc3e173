import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { readEnv } from '../env.ts';

export interface ApiResponse {
  readonly status: number;
  readonly body: string;
}

/** Posts JSON to a URL of our API, signed with the identity of this function. */
export type PostSigned = (url: string, body: object) => Promise<ApiResponse>;

// Slightly less than the 29 s after which the calling function stops waiting.
const TIMEOUT_MS = 28_000;

export function openSignedApi(timeoutMs = TIMEOUT_MS): PostSigned {
  const env = readEnv(['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
  const sessionToken = process.env['AWS_SESSION_TOKEN'];
  const signer = new SignatureV4({
    service: 'execute-api',
    region: env.AWS_REGION,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    sha256: Sha256,
  });
  return async (url, content) => {
    const { protocol, hostname, port, host, pathname } = new URL(url);
    const body = JSON.stringify(content);
    const { headers } = await signer.sign({
      method: 'POST',
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path: pathname,
      headers: { host, 'content-type': 'application/json' },
      body,
    });
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    return { status: response.status, body: await response.text() };
  };
}
