import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../local/user-error.ts';
import { jobs } from './jobs/part.ts';
import { pipeline } from './pipeline/part.ts';
import { processor } from './processor/part.ts';
import { markdownTable, type Part } from './report.ts';
import { readArguments, runCommand, wholeNumber } from './run-command.ts';
import { verifier } from './verifier/part.ts';

const parts: readonly Part[] = [verifier, processor, pipeline, jobs];
const names = parts.map(({ name }) => name);

const HELP = `npm run bench [-- <part>...] [-- --rounds <n>] [--quick]

Measures each part next to its alternatives, in rounds that run every variant once.
Prints each part as a Markdown table and keeps it in bench/results/, which git ignores.

${parts.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join('\n')}

  --rounds <n>   number of rounds (5)
  --quick        short rounds that show whether the benchmark works; their figures mean nothing
  --help         print this text`;

async function main(): Promise<number> {
  const { values, positionals } = readArguments({
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  const rounds = wholeNumber('rounds', values.rounds, 1, 100);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UserError(`Unknown part ${unknown}. The parts are ${names.join(', ')}.`);
  if (values.help) console.log(HELP);
  else
    for (const part of parts)
      if (positionals.length === 0 || positionals.includes(part.name))
        await runPart(part, rounds, values.quick);
  return 0;
}

async function runPart(part: Part, rounds: number, quick: boolean): Promise<void> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const progress = (text: string) => console.error(`${seconds()} s  ${part.name}: ${text}`);
  const machine = describeMachine();
  const findings = await part.run({ rounds, quick, sliceSeconds: quick ? 0.5 : 2, progress });
  const day = new Date().toISOString().slice(0, 10);
  const conditions = `${day}, ${rounds} rounds in ${seconds()} s; ${machine}`;
  const report = `## ${part.title}\n\n${conditions}\n\n${markdownTable(findings)}\n`;
  console.log(report);
  const results = join(import.meta.dirname, 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${part.name}.md`), report);
}

/** A high load before the start means that other work distorts the figures. */
function describeMachine(): string {
  const hardware = `${cpus()[0]?.model}, ${cpus().length} cores`;
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB, kernel ${release()}`;
  return `${hardware}, ${memory}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)} before`;
}

await runCommand(main);
