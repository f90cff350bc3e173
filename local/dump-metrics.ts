import { writeFileSync } from 'node:fs';
import { describeMetrics } from './describe-metrics.ts';

writeFileSync('docs/metrics.md', describeMetrics());
