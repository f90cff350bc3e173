import type { StageSettings } from '../../lib/config.ts';
import type { PartReport } from '../report.ts';
import { bottlenecks, type Costs, costPerMillion, needAt, type StageLimits } from './capacity.ts';
import { markdownTable } from './markdown.ts';

const RATES = [10, 100, 1_000, 10_000];

/** @returns undefined where a part that it is worked out from was not measured. */
export function capacityPage(
  reports: readonly PartReport[],
  stage: StageSettings,
): string | undefined {
  const costs = costsOf(reports);
  if (costs === undefined) return undefined;
  const limits: StageLimits = {
    requestsPerSecond: stage.api.requestsPerSecond,
    maxConcurrency: stage.processor.maxConcurrency,
    batchSize: stage.processor.batchSize,
    maxAcus: stage.aurora.maxCapacity,
  };
  const cost = costPerMillion(costs, limits);
  const total = cost.reduce((sum, { dollars }) => sum + dollars, 0);
  return [
    '## Capacity: past one machine',
    '',
    `Worked out, not measured: from the figures above, with a database 1 ms away and batches of ${limits.batchSize}. What one core does here, a core of Lambda or Aurora is taken to do. Of three events of a film one publishes a domain event and asks for a mail.`,
    '',
    ...markdownTable(
      [
        'events/s',
        'verifiers at once',
        'processors and connections',
        'cores of Postgres',
        'WAL',
        'deliveries of EventBridge/s',
      ],
      RATES.map((rate) => needRow(rate, costs)),
    ),
    '',
    'Which part gives way first, with the settings of `prod` in cdk.json and the quotas that an account comes with:',
    '',
    ...markdownTable(
      ['holds up to', 'what', 'moved by'],
      bottlenecks(costs, limits).map(({ holdsUpTo, what, movedBy }) => [
        `${rounded(holdsUpTo)} events/s`,
        what,
        movedBy,
      ]),
    ),
    '',
    'What gives way loses nothing: API Gateway answers 429 and the provider sends again, and the queue keeps what the processors have not come to.',
    '',
    `A million events cost ${total.toFixed(2)} US dollars by the list prices of us-east-1, without the database:`,
    '',
    ...markdownTable(
      ['what', 'US dollars a million'],
      cost.map(({ what, dollars }) => [what, dollars.toFixed(2)]),
    ),
    '',
    `Of the log only what the processor writes is in it (${rounded(costs.logBytes)} bytes an event); the verifier writes a line of its own for each delivery.`,
    '',
  ].join('\n');
}

function needRow(rate: number, costs: Costs): readonly string[] {
  const need = needAt(rate, costs);
  return [
    rate.toLocaleString('en'),
    rounded(Math.max(1, Math.ceil(need.verifiers))),
    rounded(Math.max(1, Math.ceil(need.processors))),
    need.postgresCores.toPrecision(2),
    `${need.walMegabytesPerSecond.toPrecision(2)} MB/s`,
    rounded(need.busInvocationsPerSecond),
  ];
}

function costsOf(reports: readonly PartReport[]): Costs | undefined {
  const processor = reports.find(({ part }) => part === 'processor');
  const verifier = reports.find(({ part }) => part === 'verifier');
  if (processor === undefined || verifier === undefined) return undefined;
  const median = (report: PartReport, id: string): number => {
    const found = report.findings.find((finding) => finding.id === id);
    if (found === undefined)
      throw new Error(`The result of ${report.part} has no ${id}: measure it again with --save.`);
    return found.value.median;
  };
  const processorCpuMicros = median(processor, 'ours 8 cpu');
  // Eight writers keep every core of the machine busy: what is not Node's is the server's.
  const machineMicros = (processor.machine.cores * 1e6) / median(processor, 'ours 8');
  return {
    verifierMs: median(verifier, 'ours warm'),
    perProcessor: median(processor, 'ours 1 +1 ms'),
    processorCpuMicros,
    postgresCpuMicros: Math.max(0, machineMicros - processorCpuMicros),
    walKilobytes: median(processor, 'wal'),
    logBytes: median(processor, 'ours 8 log'),
  };
}

const rounded = (value: number) => Math.round(value).toLocaleString('en');
