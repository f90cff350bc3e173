import { explainObstacle } from '../../invitations/explain-obstacle.ts';
import {
  findObstacle,
  listInvitations,
  reissueInvitation,
} from '../../invitations/invitations.queries.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { type CommandHandlers, CommandRejectedError } from './command-handlers.ts';

export interface InvitationCommandDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

type InvitationCommands = CommandHandlers<'invitations list' | 'invitations reissue'>;

export function makeInvitationCommands({ pool, now }: InvitationCommandDeps): InvitationCommands {
  return {
    async 'invitations list'({ status, limit }) {
      return { invitations: await listInvitations(await pool(), status, limit) };
    },

    async 'invitations reissue'({ invitation }) {
      const reissued = await reissueInvitation(await pool(), invitation, now());
      if (reissued !== undefined) return { reissued };
      const obstacle = await findObstacle(await pool(), invitation);
      if (obstacle === undefined) return undefined;
      throw new CommandRejectedError('conflict', explainObstacle(obstacle));
    },
  };
}
