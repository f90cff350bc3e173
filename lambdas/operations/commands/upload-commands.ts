import type { GetPool } from '../../platform/postgres/database.ts';
import { listUploads } from '../../uploads/list-uploads.queries.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface UploadCommandDeps {
  readonly pool: GetPool;
}

export const makeUploadCommands = ({
  pool,
}: UploadCommandDeps): CommandHandlers<'uploads list'> => ({
  async 'uploads list'({ status, limit, cursor }) {
    const uploads = await listUploads(await pool(), { status, limit, after: cursor });
    const isLastPage = uploads.length < limit;
    return { uploads, cursor: isLastPage ? undefined : uploads.at(-1)?.asset };
  },
});
