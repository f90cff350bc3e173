import { type PortalOperationName, portalOperations } from '../catalog/portal-api.ts';
import { contracts } from './contracts.ts';

/**
 * Composes the headers of a replayed response. Its body is the same bytes as before, so only
 * headers can report that its URL has expired since, and how to get a new one.
 */
export function composeReplayHeaders(
  operation: PortalOperationName,
  text: string,
  now: Date,
): Readonly<Record<string, string>> {
  const replayed = { 'idempotent-replayed': 'true' };
  const { urlExpiry } = contracts[operation];
  const response: Readonly<Record<string, unknown>> = JSON.parse(text);
  const hasExpired = new Date(String(response[urlExpiry])) <= now;
  if (!hasExpired) return replayed;
  const path = portalOperations.find(({ name }) => name === operation)?.path ?? '';
  return {
    ...replayed,
    'url-expired': 'true',
    link: `<${path}>; rel="create-form"; title="${renewalTitle}"`,
  };
}

// Parameters of a link: https://www.rfc-editor.org/rfc/rfc8288#section-3.4.1
const renewalTitle = 'Send the request with a new Idempotency-Key to get a new URL';
