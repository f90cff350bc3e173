import type { Setting } from './settings.ts';

/**
 * What the portal's backend may ask for. To add a command: write `<name>.handler.ts` in this folder, add a line here and
 * its contract to contracts.ts. Routes, functions, local mode and docs/openapi.json follow from them.
 */
export const commands = [
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
    // Also how long a claim of a process that died stands in the way of the next attempt.
    timeoutSeconds: 15,
    callsMux: true,
    settings: ['PORTAL_URL', 'IDEMPOTENCY_KEY_HOURS'],
  },
] as const satisfies readonly Command[];

export interface Command {
  readonly name: string;
  /** Folder under `lambdas/` that holds `<name>.handler.ts`. */
  readonly folder: string;
  /** Answers POST, for callers that sign with an identity of AWS. */
  readonly path: string;
  /** API Gateway hangs up after 30. */
  readonly timeoutSeconds: number;
  /** True where it is given the token of Mux's API. */
  readonly callsMux: boolean;
  readonly settings: readonly Setting[];
}

export type CommandName = (typeof commands)[number]['name'];

/** Returns the path of the command's handler under `lambdas/`. */
export const commandEntry = ({ folder, name }: Command): string => `${folder}/${name}.handler.ts`;
