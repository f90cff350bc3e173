import { redact, redactText } from './redaction.ts';

const NAMESPACE = 'MotionMavericks/Webhooks';

type Fields = Readonly<Record<string, unknown>>;
type Level = 'INFO' | 'WARN' | 'ERROR';

/** One JSON line on stdout for each call; whatever is handed over is redacted. */
export const log = {
  info: (message: string, fields: Fields = {}): void => writeLog('INFO', message, fields),
  warn: (message: string, fields: Fields = {}): void => writeLog('WARN', message, fields),
  error: (message: string, fields: Fields = {}): void => writeLog('ERROR', message, fields),
};

/**
 * Metrics in CloudWatch's embedded format: all `values` under the one set of `dimensions`.
 * Names that end in `Ms` are milliseconds, all others are counts.
 */
export function emitMetrics(
  values: Readonly<Record<string, number>>,
  dimensions: Readonly<Record<string, string>> = {},
): void {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: Name.endsWith('Ms') ? 'Milliseconds' : 'Count' }));
  const CloudWatchMetrics = [{ Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics }];
  writeLine({ _aws: { Timestamp: Date.now(), CloudWatchMetrics }, ...dimensions, ...values });
}

function writeLog(level: Level, message: string, fields: Fields): void {
  const head = { level, timestamp: new Date().toISOString(), message: redactText(message) };
  writeLine({ ...head, ...(redact(fields) as Fields), ...head });
}

// Not console.log: with JSON log groups Lambda wraps its text into another JSON object, which hides embedded metrics.
function writeLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
