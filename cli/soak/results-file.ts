import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { BadInputError } from '../command-line/errors.ts';
import type { SoakPlan } from './plan.ts';
import type { SoakResult } from './run-soak.ts';

/** Figures of a run, from which docs/reliability.md is generated. */
export interface SoakFigures {
  readonly date: string;
  readonly seed: number;
  /** Number of planned events; a run that was ended early accepted fewer. */
  readonly planned: number;
  readonly events: number;
  readonly deliveries: number;
  readonly seconds: number;
  readonly cores: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly interrupted: number;
  /** Deliveries that were sent again, by the status of the response; 0 if none arrived. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly notifications: number;
  readonly mails: number;
  readonly domainEvents: number;
  readonly repeatedPublications: number;
  readonly unfinished: number;
  readonly lost: number;
  readonly doubled: number;
  readonly mailedTwice: number;
}

/** Figures of one outage of Postgres. */
export interface OutageFigures {
  readonly date: string;
  readonly seed: number;
  readonly kind: string;
  readonly outageSeconds: number;
  readonly rate: number;
  readonly mailLimit: number;
  readonly accepted: number;
  readonly applied: number;
  readonly recoverySeconds: number;
  readonly targetSeconds: number;
  readonly mailSeconds: number;
  readonly deadLetters: number;
  readonly load: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly unfinished: number;
  readonly lost: number;
  readonly doubled: number;
  readonly mailedTwice: number;
}

export function toFigures(
  { seed, events: planned }: SoakPlan,
  result: SoakResult,
  now: Date,
): SoakFigures {
  const { proof, acceptedEvents, deliveries, seconds, interrupted } = result;
  return {
    date: now.toISOString().slice(0, 10),
    seed,
    planned,
    events: acceptedEvents,
    deliveries,
    seconds,
    cores: cpus().length,
    faults: Object.fromEntries([...result.faults].sort()),
    interrupted,
    rejected: Object.fromEntries(result.rejected),
    notifications: proof.notifications,
    mails: proof.mails,
    domainEvents: proof.domainEvents,
    repeatedPublications: proof.repeatedPublications,
    unfinished: result.unfinished.length,
    lost: proof.lost.length,
    doubled: proof.doubled.length,
    mailedTwice: proof.mailedTwice.length,
  };
}

/** Opens the file before a run of minutes. @throws if it cannot be written. */
export function checkWritable(file: string): void {
  const folder = dirname(resolve(file));
  if (!existsSync(folder))
    throw new BadInputError(`--results '${file}' is invalid: there is no folder ${folder}.`);
  closeSync(openSync(file, 'a'));
}

export const writeFigures = (file: string, figures: object): void =>
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
