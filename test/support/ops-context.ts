import type { CommandRequest, OperationResult } from '../../cli/ops/operations-client.ts';
import type { OpsContext } from '../../cli/ops/ops-context.ts';
import type { OutputFormat } from '../../cli/output/print-result.ts';
import { UserError } from '../../local/user-error.ts';
import { type RecordedTerminal, recordTerminal } from './command-line.ts';

export interface RecordedContext extends OpsContext {
  readonly terminal: RecordedTerminal;
  readonly requests: CommandRequest[];
  readonly printed: OperationResult[];
}

/** Makes a context whose requests `answer` answers. */
export function recordContext(
  answer: (request: CommandRequest) => OperationResult | Promise<OperationResult>,
  { format = 'json' as OutputFormat, signal = new AbortController().signal } = {},
): RecordedContext {
  const requests: CommandRequest[] = [];
  const printed: OperationResult[] = [];
  const terminal = recordTerminal({ interruption: () => signal });
  return {
    requests,
    printed,
    terminal,
    format,
    targetOptions: {},
    target: async () => ({
      isLocal: true,
      url: 'http://127.0.0.1:1',
      controlUrl: '',
      region: 'ap-southeast-2',
    }),
    async runCommand(request) {
      requests.push(request);
      return answer(request);
    },
    print: (result) => void printed.push(result),
    printChange: (result) => void printed.push(result),
    reportUnread(error) {
      if (!(error instanceof UserError)) throw error;
      terminal.err(error.message);
      return undefined;
    },
  };
}
