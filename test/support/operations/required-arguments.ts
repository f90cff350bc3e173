import type { CommandName } from '../../../lambdas/catalog/operator-commands.ts';

const uuid = '5c0e7a52-4f1b-4a3e-9d7c-1b2f6a8e3d40';
const reason = 'a good reason';

/** Arguments without which a command does not run. A test fails for a command that is missing. */
export const requiredArguments: Readonly<
  Partial<Record<CommandName, Readonly<Record<string, unknown>>>>
> = {
  'assets show': { asset: 'asset-1' },
  'assets bind': { asset: uuid, muxAsset: 'asset-1', reason },
  'dead-letters redrive': { reason },
  'endpoints repair': { provider: 'mux', reason },
  'events search': { text: 'text' },
  'events show': { provider: 'mux', event: 'evt-1' },
  'events body': { provider: 'mux', event: 'evt-1' },
  'events replays': { event: 'evt-1' },
  'events replay': { event: 'evt-1' },
  'events close': { event: 'evt-1', reason },
  'invitations reissue': { invitation: uuid },
  'jobs run': { name: 'prune' },
  'mails show': { notification: uuid },
  'mails resend': { notification: uuid, reason },
  'outbox retry': { reason },
  'outbox discard': { entry: uuid, reason },
  'residency declare': { provider: 'mux', region: 'us-east1', document: 'A contract', reason },
  'residency restore': { reason },
  'secrets rotate': { provider: 'mux' },
  'smoke sign': { provider: 'mux' },
  'suppressions lift': { address: 'mia@members.example', reason },
};
