import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { ask } from '../child.ts';
import type { LoadSettings } from './load.ts';
import type { Done, Task, Variant } from './writer.ts';

export interface Run {
  readonly variant: Variant;
  readonly url: string;
  /** Lambdas at work at once. */
  readonly writers: number;
  readonly load: LoadSettings;
  readonly seconds: number;
}

export interface Outcome {
  readonly eventsPerSecond: number;
  readonly events: number;
  readonly batches: number;
  readonly returned: number;
  readonly cpuMicrosPerEvent: number;
  readonly logBytesPerEvent: number;
  readonly rssMb: number;
}

/** Lambdas are processes; more of them than this machine has cores would only fight for them. */
const PROCESSES = 2;

/** Processes that stay warm from round to round, two for each variant. */
export class Writers {
  readonly #children = new Map<string, ChildProcess>();

  async run({ writers, ...run }: Run): Promise<Outcome> {
    const processes = Math.min(PROCESSES, writers);
    const tasks = Array.from(
      { length: processes },
      (_, share): Task => ({ ...run, writers: writers / processes, share, of: processes }),
    );
    const children = tasks.map(({ share }) => this.#child(`${run.variant} ${share}`));
    await Promise.all(children.map((child, share) => ask(child, tasks[share] as Task)));
    const done = await Promise.all(children.map((child) => ask<Done>(child, 'go')));
    if (done.some(({ ranDry }) => ranDry))
      throw new Error(`The load of ${run.variant} was over before its time.`);
    const sum = (of: (one: Done) => number) => done.reduce((total, one) => total + of(one), 0);
    const events = sum((one) => one.events);
    return {
      events,
      batches: sum((one) => one.batches),
      returned: sum((one) => one.returned),
      eventsPerSecond: sum((one) => one.events / one.seconds),
      cpuMicrosPerEvent: (sum((one) => one.cpuSeconds) * 1e6) / events,
      logBytesPerEvent: sum((one) => one.logBytes) / events,
      rssMb: Math.max(...done.map((one) => one.rssMb)),
    };
  }

  #child(name: string): ChildProcess {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    // What the functions log is written, to nobody.
    const child = fork(join(import.meta.dirname, 'writer.ts'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#children.set(name, child);
    return child;
  }

  stop(): void {
    for (const child of this.#children.values()) child.kill();
  }
}
