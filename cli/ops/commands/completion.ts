import { join } from 'node:path';
import * as z from 'zod';
import { defineCommand } from '../../command-line/command.ts';
import { completionScript, shells } from '../../command-line/completion-scripts.ts';
import { exitCodes } from '../../command-line/exit-codes.ts';
import type { OpsContext } from '../ops-context.ts';

const entry = join(import.meta.dirname, '../../main.ts');

/** Scripts of package.json whose words the completion knows. */
const scripts = ['start', 'send', 'demo', 'smoke', 'soak', 'mails', 'pictures', 'new', 'ops'];

export const completionCommand = defineCommand({
  name: 'completion',
  summary: 'Print the completion script of a shell; its first lines say where to add it',
  arguments: z.strictObject({ shell: z.enum(shells).describe('Shell that reads the script') }),
  async run({ shell }, { terminal }: OpsContext) {
    const complete = [process.execPath, entry, '__complete'];
    terminal.out(completionScript(shell, { complete, scripts }));
    return exitCodes.done;
  },
});
