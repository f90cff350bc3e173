import { type ChildProcess, spawn } from 'node:child_process';
import { DurableQueue } from '../aws/queue/durable-queue.ts';
import { ask } from '../child.ts';
import { clearTables } from '../database.ts';
import type { Usage } from '../usage.ts';
import type { Port, Role } from './process.ts';
import { type Redis, redisServer, startRedis } from './redis.ts';
import { readServerCpu } from './server-cpu.ts';
import type { Variant, VariantName } from './variants.ts';
import type { Workshop } from './workshop.ts';

/** Who takes part, Postgres and Redis only where their CPU can be read; of those nobody asks for memory. */
export type Parts = Readonly<Record<string, Pick<Usage, 'cpuSeconds'> & Partial<Usage>>>;

/** The processes of one variant, and nobody else's. */
export class Topology {
  readonly variant: Variant;
  port: Port = 0;
  readonly #workshop: Workshop;
  readonly #children = new Map<Role, ChildProcess>();
  #queue: DurableQueue | undefined;
  #redis: Redis | undefined;

  private constructor(variant: Variant, workshop: Workshop) {
    this.variant = variant;
    this.#workshop = workshop;
  }

  static async open(name: VariantName, variant: Variant, workshop: Workshop): Promise<Topology> {
    const topology = new Topology(variant, workshop);
    try {
      await topology.#start(name);
      return topology;
    } catch (error) {
      topology.stop();
      throw error;
    }
  }

  async #start(name: VariantName): Promise<void> {
    const { backing, environment, isAlone } = this.variant;
    const { programs, certificate, pipelines, environmentOf } = this.#workshop;
    if (backing === 'sqs') this.#queue = await DurableQueue.open(programs.queue, certificate);
    if (backing === 'redis') this.#redis = await startRedis(redisServer ?? '');
    const backed = {
      ...this.#queue?.environment,
      ...(this.#redis && { REDIS_PORT: String(this.#redis.port) }),
      ...environment,
    };
    const of = environmentOf(name);
    const start = (role: Role) => {
      const child = spawn(process.execPath, [programs.process, pipelines.get(name) ?? '', role], {
        env: { ...of[role], ...backed },
        // What is logged is written, to nobody.
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      this.#children.set(role, child);
      return ready(child);
    };
    if (!isAlone) await start('worker');
    this.port = await start('receiver');
  }

  /** Each slice begins with the same: nothing. */
  async clear(): Promise<void> {
    const { pool } = this.#workshop.database;
    await this.#queue?.clear();
    if (this.variant.tables !== undefined)
      await pool.query(`truncate ${this.variant.tables} cascade`);
    await clearTables(pool);
  }

  async usage(): Promise<Parts> {
    const parts: Record<string, Parts[string]> = {};
    for (const [role, child] of this.#children) parts[role] = await ask<Usage>(child, 'usage');
    if (this.#queue !== undefined) {
      parts['queue'] = await this.#queue.usage();
      parts['bus'] = await this.#workshop.standIn.usage();
    }
    const [redis, postgres] = [
      this.#redis?.cpuSeconds(),
      await readServerCpu(this.#workshop.database.pool),
    ];
    if (redis !== undefined) parts['redis'] = { cpuSeconds: redis };
    if (postgres !== undefined) parts['postgres'] = { cpuSeconds: postgres };
    return parts;
  }

  stop(): void {
    for (const child of this.#children.values()) child.kill('SIGKILL');
    this.#queue?.stop();
    this.#redis?.stop();
  }
}

function ready(child: ChildProcess): Promise<Port> {
  return new Promise((resolve, reject) => {
    child.once('exit', () =>
      reject(new Error('A process of a pipeline has ended; what it said is above.')),
    );
    child.once('message', (port) => resolve(port as Port));
  });
}
