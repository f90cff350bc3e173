import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeDomainEvents } from './describe-domain-events.ts';
import { describeMetrics } from './describe-metrics.ts';
import { describeOpenApi } from './describe-openapi.ts';
import { describeProviderEvents } from './describe-provider-events.ts';

const docs = join(import.meta.dirname, '../docs');
writeFileSync(join(docs, 'openapi.json'), `${JSON.stringify(describeOpenApi(), null, 2)}\n`);
writeFileSync(join(docs, 'domain-events.md'), describeDomainEvents());
writeFileSync(join(docs, 'metrics.md'), describeMetrics());
writeFileSync(join(docs, 'provider-events.md'), describeProviderEvents());
