/**
 * Hides the log lines and metrics of functions that run in a test, so that the output shows only
 * failures. `TEST_LOGS=1 npm test` prints them.
 */
const isLogLine = (chunk: unknown) => /^\{"(level|_aws)":/.test(String(chunk).slice(0, 10));

interface QuietWrite {
  (this: unknown, chunk: string | Uint8Array, ...rest: unknown[]): boolean;
  isQuiet?: boolean;
}

const write = process.stdout.write as QuietWrite;

if (process.env['TEST_LOGS'] === undefined && write.isQuiet !== true) {
  const quiet: QuietWrite = (chunk, ...rest) =>
    isLogLine(chunk) || write.call(process.stdout, chunk, ...rest);
  // Test files of one process share the stream.
  quiet.isQuiet = true;
  process.stdout.write = quiet;
}
