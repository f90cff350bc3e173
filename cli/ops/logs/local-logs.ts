import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseJsonObject } from '../../../lambdas/platform/json.ts';
import { UserError } from '../../../local/user-error.ts';
import { type LogLine, type LogSource, typedName } from './log-source.ts';

/** Bytes at the end of a file that are read: a log on this machine grows without limit. */
const MAX_BYTES = 16 * 1_048_576;

/** Lists the functions that have a log, in kebab case. */
export const listLocalFunctions = (directory: string): readonly string[] =>
  readable(directory, () => (existsSync(directory) ? readdirSync(directory) : []))
    .filter((name) => name.endsWith('.log'))
    .map((name) => typedName(name.replace(/\.log$/, '')))
    .sort();

/** Reads the files into which `npm start` writes the output of the functions. */
export function makeLocalLogs(directory: string): LogSource {
  let path = '';
  let offset = 0;

  /** Reads the complete lines behind the last one that was read. */
  function readOn(): readonly LogLine[] {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      // The file was replaced by a shorter one.
      if (size < offset) offset = 0;
      offset = Math.max(offset, size - MAX_BYTES);
      const buffer = Buffer.alloc(size - offset);
      const length = readSync(file, buffer, 0, buffer.length, offset);
      const end = buffer.subarray(0, length).lastIndexOf('\n') + 1;
      offset += end;
      const lines = buffer.subarray(0, end).toString().split('\n');
      return lines.filter((line) => line !== '').map(toLine);
    } finally {
      closeSync(file);
    }
  }

  return {
    functions: async () => listLocalFunctions(directory),
    async read(functionName, since) {
      const [file = ''] = readable(directory, () => readdirSync(directory)).filter(
        (name) => typedName(name.replace(/\.log$/, '')) === functionName,
      );
      path = join(directory, file);
      return readable(path, readOn).filter(({ at }) => at === undefined || at >= since);
    },
    readNew: async () => readable(path, readOn),
  };
}

function readable<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

function toLine(text: string): LogLine {
  const { timestamp, _aws: metrics } = parseJsonObject(text) ?? {};
  // A line of metrics has a time of its own form.
  const time = new Date(Object(metrics)['Timestamp'] ?? String(timestamp));
  return { at: Number.isNaN(time.getTime()) ? undefined : time, text };
}
