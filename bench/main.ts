import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, runCommand, wholeNumber } from '../cli/run-command.ts';
import { UserError } from '../local/user-error.ts';
import { writeDocs } from './docs/write-docs.ts';
import { jobs } from './jobs/part.ts';
import { describeMachine } from './machine.ts';
import { memory } from './memory/part.ts';
import { pipeline } from './pipeline/part.ts';
import { processor } from './processor/part.ts';
import { profile } from './profile/part.ts';
import {
  type BenchSettings,
  type Part,
  type PartName,
  type PartReport,
  partNames,
} from './report.ts';
import { printReport } from './table.ts';
import { verifier } from './verifier/part.ts';

const byName: Readonly<Record<PartName, Part>> = {
  verifier,
  processor,
  pipeline,
  jobs,
  memory,
  profile,
};
const parts = partNames.map((name) => byName[name]);

const HELP = `npm run bench [-- <part>...] [-- --rounds <n>] [--quick] [--json] [--save] [--write-docs]

Measures the parts side by side with what people would use instead, in rounds that take all variants in turn.

${parts.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join('\n')}

  --rounds <n>   rounds (5)
  --quick        two short rounds, to see that it works; its figures are worth nothing
  --json         the result as JSON on stdout, and nothing else there
  --save         keep the result in bench/results/, which the documents are made of
  --write-docs   write docs/performance.md and its plots from bench/results/; measures nothing by itself
  --help         this text`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments({
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (values['write-docs']) {
    for (const file of writeDocs()) console.error(`${file} is written.`);
    return 0;
  }
  const { quick, json, save } = values;
  const rounds = wholeNumber('rounds', values.rounds ?? (quick ? '2' : '5'), 1, 100);
  const reports: PartReport[] = [];
  for (const part of choose(positionals)) {
    const report = await runPart(part, rounds, quick);
    reports.push(report);
    if (!json) printReport(report);
    if (save) keep(report);
  }
  if (json) console.log(JSON.stringify(reports, null, 2));
  return 0;
}

function choose(names: readonly string[]): readonly Part[] {
  for (const name of names) {
    if (!parts.some((part) => part.name === name))
      throw new UserError(
        `There is no part ${name}; there are ${parts.map((part) => part.name).join(', ')}.`,
      );
  }
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
}

async function runPart(part: Part, rounds: number, quick: boolean): Promise<PartReport> {
  const startedAt = performance.now();
  const machine = describeMachine();
  const settings: BenchSettings = {
    ...{ rounds, quick },
    sliceSeconds: quick ? 0.5 : 2,
    progress: (text) =>
      console.error(
        `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${part.name}: ${text}`,
      ),
  };
  const measured = await part.run(settings);
  return {
    ...{ part: part.name, title: part.title, machine, rounds, quick },
    takenAt: new Date().toISOString(),
    tookSeconds: Math.round((performance.now() - startedAt) / 1000),
    ...measured,
  };
}

function keep(report: PartReport): void {
  const directory = join(import.meta.dirname, 'results');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${report.part}.json`), `${JSON.stringify(report, null, 2)}\n`);
}

await runCommand(main);
