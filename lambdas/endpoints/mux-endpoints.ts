import { randomBytes } from 'node:crypto';
import { ROTATION_MARK, versionIdOf } from '../signing-secrets/mux-webhook-assignment.ts';
import { explainMuxFailure, openMuxClient } from '../signing-secrets/mux-webhooks-api.ts';
import type { ExpectedEndpoint, ProviderEndpoints, ProviderEndpointsDeps } from './endpoint.ts';

/**
 * Webhooks of a Mux environment. Mux shows a signing secret only in the response to the creation,
 * and sends every event type to every webhook.
 */
export function openMuxEndpoints(deps: ProviderEndpointsDeps): ProviderEndpoints {
  const { readKey, secret, timeoutMs } = deps;
  const { webhooks, limited } = openMuxClient(readKey, timeoutMs);

  /** Marks the address, so that it is unique and a rotation recognizes the webhook. */
  async function create({ address }: ExpectedEndpoint): Promise<void> {
    const mark = new URLSearchParams({ [ROTATION_MARK]: randomBytes(4).toString('hex') });
    const created = await explainMuxFailure('create a webhook', async () =>
      (await webhooks()).create({ address: `${address}?${mark}` }, limited()),
    );
    const { id, signing_secret: value } = created;
    if (!value) throw new Error('The response of Mux has no signing secret.');
    // Mux shows the secret only once, so this webhook could never be used.
    if (secret.faultOf(value) !== undefined)
      await explainMuxFailure(`delete ${id}`, async () => (await webhooks()).delete(id, limited()));
    await secret.store(value, versionIdOf(id));
  }

  return {
    mayHaveSeveral: true,
    async list() {
      const [found, versions] = await Promise.all([
        explainMuxFailure('list webhooks', async () =>
          Array.fromAsync((await webhooks()).list({ limit: 100 }, limited())),
        ),
        secret.versions(),
      ]);
      const stored = [versions.current?.id, versions.previous?.id];
      const secretOf = (id: string, address: string) => {
        if (stored.includes(versionIdOf(id))) return 'stored';
        const isMarked = new URL(address).searchParams.has(ROTATION_MARK);
        return isMarked || versions.current === undefined ? 'missing' : 'unknown';
      };
      return found.map(({ id, address, enabled }) => ({
        id,
        address,
        isEnabled: enabled,
        eventTypes: undefined,
        secret: secretOf(id, address),
      }));
    },
    create,
    async update(id, { address, isEnabled }) {
      const change = {
        ...(address !== undefined && { address }),
        ...(isEnabled !== undefined && { enabled: isEnabled }),
      };
      await explainMuxFailure(`change ${id}`, async () =>
        (await webhooks()).update(id, change, limited()),
      );
    },
    // Creates the new webhook first: until the old one is deleted, both deliver.
    async storeSecret(id, expected) {
      await create(expected);
      await explainMuxFailure(`delete ${id}`, async () => (await webhooks()).delete(id, limited()));
    },
  };
}
