import { metricNamespace, unitOf } from '../catalog/metric-family.ts';
import type { MetricDimensions, MetricFamily, MetricValues } from '../catalog/metric-values.ts';
import { redact, redactText } from './redaction.ts';

// Every deployed function has this variable; tests do not.
const NAMESPACE = process.env['METRICS_NAMESPACE'] ?? metricNamespace('none');

type Fields = Readonly<Record<string, unknown>>;
type Level = 'INFO' | 'WARN' | 'ERROR';

/** Writes one JSON line to stdout for each call, with message and fields redacted. */
export const log = {
  info: (message: string, fields: Fields = {}): void => writeLog('INFO', message, fields),
  warn: (message: string, fields: Fields = {}): void => writeLog('WARN', message, fields),
  error: (message: string, fields: Fields = {}): void => writeLog('ERROR', message, fields),
};

/**
 * Writes metrics of lambdas/catalog/metrics.ts in CloudWatch's embedded format, all with the same
 * `dimensions`. A list holds at most 100 values of one metric; an empty list is left out, because
 * CloudWatch would reject the whole line.
 */
export function emitMetrics<F extends MetricFamily>(
  _family: F,
  values: MetricValues<F>,
  dimensions: MetricDimensions<F>,
): void {
  const present = Object.entries(values).filter(
    ([, value]) => !Array.isArray(value) || value.length > 0,
  );
  const Metrics = present.map(([Name]) => ({ Name, Unit: unitOf(Name) }));
  const CloudWatchMetrics = [
    { Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics },
  ];
  writeLine({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics },
    ...dimensions,
    ...Object.fromEntries(present),
  });
}

function writeLog(level: Level, message: string, fields: Fields): void {
  const head = { level, timestamp: new Date().toISOString(), message: redactText(message) };
  writeLine({ ...head, ...redactFields(fields), ...head });
}

/** Never throws: what is only logged must not decide how the work ends. */
function redactFields(fields: Fields): Fields {
  try {
    return redact(fields) as Fields;
  } catch {
    return { fields: 'The fields could not be redacted.' };
  }
}

// Writes to stdout, which Lambda leaves unchanged. For JSON log groups Lambda wraps the text of
// console.log into another JSON object, which hides embedded metrics from CloudWatch.
function writeLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
