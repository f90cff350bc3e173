import { setTimeout } from 'node:timers/promises';
import type { LocalFunction } from '../../local/aws/lambda/functions.ts';
import type { Fault, FaultKind } from './plan-faults.ts';
import type { SoakWorld } from './world.ts';

export interface FaultInjector {
  /** Begins every fault that is due after so many accepted deliveries. */
  advance(deliveries: number): void;
  /** True while a fault strikes or waits for its part. */
  busy(): boolean;
  /** Resolves when every fault that began has ended. @throws if a part could not be restarted. */
  ended(): Promise<void>;
  readonly counts: ReadonlyMap<FaultKind, number>;
  /** Number of invocations that a killed function was working on. */
  interrupted(): number;
}

/**
 * Strikes one part of the world after the other. Faults of one part follow each other; faults of
 * several parts overlap.
 * @throws if a fault names an unknown function.
 */
export function makeFaultInjector(world: SoakWorld, faults: readonly Fault[]): FaultInjector {
  for (const fault of faults) if ('functionName' in fault) functionNamed(world, fault.functionName);
  const waiting = [...faults];
  const counts = new Map<FaultKind, number>();
  /** End of the last fault of each part. */
  const ends = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  let interrupted = 0;
  let running = 0;

  const inject = async (fault: Fault) => {
    counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
    try {
      interrupted += await strike(world, fault);
    } catch (error) {
      failures.push(error);
    }
  };
  return {
    advance(deliveries) {
      while (waiting[0] !== undefined && waiting[0].after <= deliveries) {
        const fault = waiting.shift() as Fault;
        const part = partOf(fault);
        const previous = ends.get(part) ?? Promise.resolve();
        ends.set(
          part,
          previous
            .then(() => inject(fault))
            .finally(() => {
              running -= 1;
            }),
        );
        running += 1;
      }
    },
    busy: () => running > 0,
    async ended() {
      await Promise.all(ends.values());
      if (failures.length > 0) throw failures[0];
    },
    counts,
    interrupted: () => interrupted,
  };
}

const partOf = (fault: Fault): string =>
  'functionName' in fault ? fault.functionName : (fault.kind.split('-').at(-1) ?? fault.kind);

/** @returns the number of interrupted invocations. */
async function strike(world: SoakWorld, fault: Fault): Promise<number> {
  const { local, postgres, pooler, instance } = world;
  const pause = () => setTimeout(fault.milliseconds);
  switch (fault.kind) {
    case 'kill-function':
      return killAtWork(functionNamed(world, fault.functionName), fault.milliseconds);
    case 'freeze-function': {
      const thaw = functionNamed(world, fault.functionName).freeze();
      await pause().finally(thaw);
      return 0;
    }
    case 'kill-postgres':
      await postgres.kill();
      await pause();
      await postgres.restart();
      return 0;
    case 'freeze-postgres':
      postgres.freeze(true);
      await pause();
      postgres.freeze(false);
      return 0;
    case 'kill-pooler':
      await pooler.kill();
      await pause();
      await pooler.restart();
      return 0;
    case 'freeze-pooler':
      pooler.freeze(true);
      await pause();
      pooler.freeze(false);
      return 0;
    case 'bus-down':
      local.buses.setDown(true);
      await pause();
      local.buses.setDown(false);
      return 0;
    case 'sqs-down':
      local.queues.setDown(true);
      await pause();
      local.queues.setDown(false);
      return 0;
    case 'kill-instance':
      await instance?.kill();
      await pause();
      await instance?.restart();
      return 1;
    default:
      local.resend.setCondition(fault.kind === 'resend-down' ? 'down' : 'hanging');
      await pause();
      local.resend.setCondition('up');
      return 0;
  }
}

/** Longest time that a kill waits for work, so that it interrupts an invocation where it can. */
const MOST_WAIT_MS = 3_000;
const POLL_MS = 5;

async function killAtWork(struck: LocalFunction, delayMs: number): Promise<number> {
  const deadline = Date.now() + MOST_WAIT_MS;
  while (struck.busy() === 0 && Date.now() < deadline) await setTimeout(POLL_MS);
  await setTimeout(delayMs);
  return struck.kill();
}

function functionNamed({ local }: SoakWorld, name: string): LocalFunction {
  const found = local.functions.all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no function ${name}.`);
  return found;
}
