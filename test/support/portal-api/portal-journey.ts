import { randomUUID } from 'node:crypto';
import type { LocalInstance } from '../../../local/local-instance.ts';

export interface PortalPost {
  readonly body: object;
  readonly key?: string;
  readonly authorization?: string;
}

/** Returns a function that posts to the portal API of a local instance as the backend does. */
export const makePostPortal =
  (local: () => LocalInstance) =>
  async (path: string, { body, key = randomUUID(), authorization }: PortalPost) => {
    const response = await fetch(`${local().url}/api/v1/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `"${key}"`,
        authorization: authorization ?? 'AWS4-HMAC-SHA256 Credential=LOCAL',
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  };
