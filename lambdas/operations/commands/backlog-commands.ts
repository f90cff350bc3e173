import { jobs } from '../../catalog/jobs.ts';
import { providers } from '../../catalog/providers.ts';
import { countOpenWork } from '../../monitoring/open-work.queries.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import type { EventQueues } from '../event-queues.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface BacklogCommandDeps {
  readonly pool: GetPool;
  readonly queues: Pick<EventQueues, 'countMessages'>;
}

export const makeBacklogCommands = ({
  pool,
  queues,
}: BacklogCommandDeps): CommandHandlers<'backlog show'> => ({
  async 'backlog show'() {
    const names = jobs.map(({ name }) => name);
    const [open, counted] = await Promise.all([
      pool().then((db) => countOpenWork(db, names)),
      Promise.all(providers.map(queues.countMessages)),
    ]);
    return { ...open, queues: counted };
  },
});
