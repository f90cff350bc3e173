import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Child } from '../child.ts';
import { hasProgram } from '../process-stats.ts';
import type { FunctionVariant, Rig } from '../rig.ts';
import type { PeerName } from './peers.ts';

export type Variant = FunctionVariant | PeerName;

const installed = ['ours', 'naive', 'direct', 'graphile-worker', 'pg-boss'] as const;

/** BullMQ is left out where this machine has no Redis. */
export const variants: readonly Variant[] = hasProgram('redis-server')
  ? [...installed, 'bullmq']
  : installed;

/** Numbers of processors with which each variant is fastest on two cores. */
const PROCESSORS = { ours: '2', naive: '8' };

/** The processes of one variant. */
export type Topology = Awaited<ReturnType<typeof openTopology>>;

export async function openTopology(
  { database, directory, environment: inLambda, processors, verifiers, worker }: Rig,
  variant: Variant,
) {
  const REDIS_SOCKET = join(directory, 'redis.socket');
  const environment = { ...inLambda(database.url), REDIS_SOCKET };
  const start = (...args: readonly string[]) => new Child(args, environment);
  const program = join(import.meta.dirname, 'role.ts');
  const redis = variant === 'bullmq' ? startRedis(directory, REDIS_SOCKET) : undefined;
  const isFunction = variant === 'ours' || variant === 'naive';
  const working = isFunction
    ? start(worker, processors[variant], PROCESSORS[variant])
    : start(program, 'worker', variant);
  await working.answer();
  const receiving = isFunction
    ? start(program, 'verifier', verifiers[variant])
    : start(program, 'receiver', variant);
  return {
    port: await receiving.answer<number>(),
    pids: [working.pid, receiving.pid, ...(redis?.pid === undefined ? [] : [redis.pid])],
    stop() {
      working.stop();
      receiving.stop();
      redis?.kill('SIGKILL');
    },
  };
}

/** Redis writes each command to the disk before it answers, as durable as the others. */
function startRedis(directory: string, socket: string) {
  const options = `--port 0 --unixsocket ${socket} --dir ${directory} --appendonly yes`.split(' ');
  const durable = [...options, '--appendfsync', 'always', '--save', ''];
  return spawn('redis-server', durable, { stdio: ['ignore', 'ignore', 'inherit'] });
}
