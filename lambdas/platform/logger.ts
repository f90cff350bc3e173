import {
  type MetricDimensions,
  type MetricFamily,
  type MetricValues,
  metricNamespace,
  unitOf,
} from '../catalog/metrics.ts';
import { redact, redactText } from './redaction.ts';

// Set for every function; what runs as no function of a stage is a test.
const NAMESPACE = process.env['METRICS_NAMESPACE'] ?? metricNamespace('none');

type Fields = Readonly<Record<string, unknown>>;
type Level = 'INFO' | 'WARN' | 'ERROR';

/** One JSON line on stdout for each call; whatever is handed over is redacted. */
export const log = {
  info: (message: string, fields: Fields = {}): void => writeLog('INFO', message, fields),
  warn: (message: string, fields: Fields = {}): void => writeLog('WARN', message, fields),
  error: (message: string, fields: Fields = {}): void => writeLog('ERROR', message, fields),
};

/**
 * Metrics in CloudWatch's embedded format, as lambdas/catalog/metrics.ts defines them: all `values` under the one set of
 * `dimensions`. A list is one value for each of what was counted, at most 100 of them, and none where it is empty.
 */
export function emitMetrics<F extends MetricFamily>(
  _family: F,
  values: MetricValues<F>,
  dimensions: MetricDimensions<F>,
): void {
  const known = Object.entries(values).filter(
    ([, value]) => !Array.isArray(value) || value.length > 0,
  );
  const Metrics = known.map(([Name]) => ({ Name, Unit: unitOf(Name) }));
  const CloudWatchMetrics = [
    { Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics },
  ];
  writeLine({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics },
    ...dimensions,
    ...Object.fromEntries(known),
  });
}

function writeLog(level: Level, message: string, fields: Fields): void {
  const head = { level, timestamp: new Date().toISOString(), message: redactText(message) };
  writeLine({ ...head, ...(redact(fields) as Fields), ...head });
}

// Not console.log: with JSON log groups Lambda wraps its text into another JSON object, which hides embedded metrics.
function writeLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
