import type { Setting } from './settings.ts';

/**
 * Lists the operations of the portal API. To add one: write `<folder>/<name>.handler.ts`, add an
 * entry here and a contract to portal-api/contracts.ts. Routes, functions, local mode and
 * docs/openapi.json are derived from both.
 */
export const portalOperations = [
  {
    name: 'create-share-link',
    folder: 'share-links',
    path: '/api/v1/share-links',
    timeoutSeconds: 15,
    callsMux: false,
    settings: ['PORTAL_URL', 'IDEMPOTENCY_KEY_HOURS', 'SHARE_LINK_MAX_DAYS'],
  },
  {
    name: 'create-upload',
    folder: 'uploads',
    path: '/api/v1/uploads',
    // Also the longest time for which the record of a dead process blocks the next attempt.
    timeoutSeconds: 15,
    callsMux: true,
    settings: ['PORTAL_URL', 'IDEMPOTENCY_KEY_HOURS', 'UPLOAD_URL_MINUTES'],
  },
] as const satisfies readonly PortalOperation[];

export interface PortalOperation {
  readonly name: string;
  /** Folder under `lambdas/` that holds `<name>.handler.ts`. */
  readonly folder: string;
  /** Path that accepts POST requests signed by an AWS identity. */
  readonly path: string;
  /** Must be below 30: API Gateway ends an integration after 30 seconds. */
  readonly timeoutSeconds: number;
  /** Grants read access to the secret with the Mux API token. */
  readonly callsMux: boolean;
  readonly settings: readonly Setting[];
}

export type PortalOperationName = (typeof portalOperations)[number]['name'];

/** Returns the path of the operation's handler under `lambdas/`. */
export const portalOperationEntry = ({ folder, name }: PortalOperation): string =>
  `${folder}/${name}.handler.ts`;
