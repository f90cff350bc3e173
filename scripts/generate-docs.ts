import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contractFiles, readContracts, rejectBreakingChanges } from './contracts/contract-files.ts';
import { describeDomainEvents } from './describe-domain-events.ts';
import { describeMetrics } from './describe-metrics.ts';
import { describeOpenApi } from './describe-openapi.ts';
import { describePersonalData } from './describe-personal-data.ts';
import { describeProviderEvents } from './describe-provider-events.ts';
import { describeReliability, reliabilityResults } from './describe-reliability.ts';

const docs = join(import.meta.dirname, '../docs');
writeFileSync(join(docs, 'openapi.json'), `${JSON.stringify(describeOpenApi(), null, 2)}\n`);
writeFileSync(join(docs, 'domain-events.md'), describeDomainEvents());
writeFileSync(join(docs, 'metrics.md'), describeMetrics());
writeFileSync(join(docs, 'provider-events.md'), describeProviderEvents());
const privacy = join(docs, 'privacy.md');
writeFileSync(privacy, describePersonalData(readFileSync(privacy, 'utf8')));
const results = reliabilityResults.parse(
  JSON.parse(readFileSync(join(docs, 'reliability.json'), 'utf8')),
);
writeFileSync(join(docs, 'reliability.md'), describeReliability(results));

const contracts = join(import.meta.dirname, '../contracts');
rejectBreakingChanges(readContracts(contracts));
for (const [path, text] of await contractFiles()) {
  mkdirSync(dirname(join(contracts, path)), { recursive: true });
  writeFileSync(join(contracts, path), text);
}
