import { type AssetCommandDeps, makeAssetCommands } from './asset-commands.ts';
import { type AuditCommandDeps, makeAuditCommands } from './audit-commands.ts';
import { type BacklogCommandDeps, makeBacklogCommands } from './backlog-commands.ts';
import type { CommandHandlers } from './command-handlers.ts';
import { type DeadLetterCommandDeps, makeDeadLetterCommands } from './dead-letter-commands.ts';
import { type EndpointCommandDeps, makeEndpointCommands } from './endpoint-commands.ts';
import { type EventCommandDeps, makeEventCommands } from './event-commands.ts';
import { makeEventSearchCommands } from './event-search-commands.ts';
import { type InvitationCommandDeps, makeInvitationCommands } from './invitation-commands.ts';
import { type JobCommandDeps, makeJobCommands } from './job-commands.ts';
import { type MailCommandDeps, makeMailCommands } from './mail-commands.ts';
import { makeOutboxCommands, type OutboxCommandDeps } from './outbox-commands.ts';
import {
  makeReconciliationCommands,
  type ReconciliationCommandDeps,
} from './reconciliation-commands.ts';
import { makeResidencyCommands, type ResidencyCommandDeps } from './residency-commands.ts';
import { makeSecretCommands, type SecretCommandDeps } from './secret-commands.ts';
import { makeSmokeCommands, type SmokeCommandDeps } from './smoke-commands.ts';
import { makeSuppressionCommands, type SuppressionCommandDeps } from './suppression-commands.ts';
import { makeUploadCommands, type UploadCommandDeps } from './upload-commands.ts';

export type OperatorCommandDeps = AssetCommandDeps &
  AuditCommandDeps &
  BacklogCommandDeps &
  EventCommandDeps &
  DeadLetterCommandDeps &
  EndpointCommandDeps &
  InvitationCommandDeps &
  JobCommandDeps &
  MailCommandDeps &
  OutboxCommandDeps &
  ReconciliationCommandDeps &
  ResidencyCommandDeps &
  SecretCommandDeps &
  SmokeCommandDeps &
  SuppressionCommandDeps &
  UploadCommandDeps;

/** Maps every command of the catalog to its function. */
export const makeOperatorCommands = (deps: OperatorCommandDeps): CommandHandlers => ({
  ...makeAssetCommands(deps),
  ...makeAuditCommands(deps),
  ...makeBacklogCommands(deps),
  ...makeEventCommands(deps),
  ...makeEventSearchCommands(deps),
  ...makeDeadLetterCommands(deps),
  ...makeEndpointCommands(deps),
  ...makeInvitationCommands(deps),
  ...makeJobCommands(deps),
  ...makeMailCommands(deps),
  ...makeOutboxCommands(deps),
  ...makeReconciliationCommands(deps),
  ...makeResidencyCommands(deps),
  ...makeSecretCommands(deps),
  ...makeSmokeCommands(deps),
  ...makeSuppressionCommands(deps),
  ...makeUploadCommands(deps),
});
