import * as z from 'zod';
import type { ReadQueueNames } from '../figures/read-figures.ts';
import type { ConsoleBackend } from './console-backend.ts';

const backlog = z.object({
  queues: z.array(z.object({ provider: z.string(), queue: z.string() })),
});

type Names = Readonly<Record<string, string>>;

/**
 * Reads the names of the queues once: they change only with a deploy of another stack. Without the
 * names, the other charts still show.
 */
export function makeReadQueueNames(runCommand: ConsoleBackend['runCommand']): ReadQueueNames {
  let known: Names | undefined;
  return async () => {
    if (known !== undefined) return known;
    const { body } = await runCommand('backlog show', {});
    const { data } = backlog.safeParse(body);
    if (data === undefined) return {};
    known = Object.fromEntries(data.queues.map(({ provider, queue }) => [provider, queue]));
    return known;
  };
}
