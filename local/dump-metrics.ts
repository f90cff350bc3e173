import { writeFileSync } from 'node:fs';
import { describeMetrics } from '../scripts/describe-metrics.ts';

writeFileSync('docs/metrics.md', describeMetrics());
