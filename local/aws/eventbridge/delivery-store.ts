import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BusEvent } from './bus-event.ts';

/** An event that a target has not accepted yet. */
export interface PendingDelivery {
  readonly id: string;
  /** Identifies the target: ARNs of the rule and of the target. */
  readonly target: string;
  readonly event: BusEvent;
  /** Unix time in ms at which the bus accepted the event. */
  readonly acceptedAt: number;
  readonly attempts: number;
}

export interface DeliveryStore {
  put(delivery: PendingDelivery): void;
  remove(id: string): void;
  all(): readonly PendingDelivery[];
}

export function storeInMemory(): DeliveryStore {
  const deliveries = new Map<string, PendingDelivery>();
  return {
    put: (delivery) => void deliveries.set(delivery.id, delivery),
    remove: (id) => void deliveries.delete(id),
    all: () => [...deliveries.values()],
  };
}

/** Stores each delivery in a file of its own, so that a killed process loses none. */
export function storeInFiles(directory: string): DeliveryStore {
  mkdirSync(directory, { recursive: true });
  const fileOf = (id: string) => join(directory, `${id}.json`);
  return {
    put(delivery) {
      const temporary = `${fileOf(delivery.id)}.tmp`;
      writeFileSync(temporary, JSON.stringify(delivery));
      renameSync(temporary, fileOf(delivery.id));
    },
    remove: (id) => rmSync(fileOf(id), { force: true }),
    all: () =>
      readdirSync(directory)
        .filter((name) => name.endsWith('.json'))
        .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8'))),
  };
}
