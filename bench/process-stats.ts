import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

// The kernel's USER_HZ on every architecture that Node supports.
const TICKS_PER_SECOND = 100;

/** CPU seconds of all server processes, ended ones included. */
export async function postgresCpu(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query('select pg_backend_pid() as pid');
  return familyCpu(readStat(rows[0]?.pid).parent);
}

/** CPU seconds of a process and its children. NaN where there is no /proc. */
export function familyCpu(pid: number): number {
  const { own, ended } = readStat(pid);
  if (Number.isNaN(own)) return own;
  const all = readdirSync('/proc').map((name) => readStat(Number(name)));
  const ticks = all.map((child) => (child.parent === pid ? child.own : 0));
  return ticks.reduce((sum, value) => sum + value, own + ended) / TICKS_PER_SECOND;
}

/** Largest resident memory of a process so far. NaN where there is no /proc. */
export function peakMemoryMb(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readProc(pid, 'status')) ?? [];
  return Number(kilobytes) / 1024;
}

/** Reads CPU ticks: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function readStat(pid: number) {
  const stat = readProc(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (first: number) => Number(fields[first]) + Number(fields[first + 1]);
  return { parent: Number(fields[1]), own: ticks(11), ended: ticks(13) };
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

export const hasProgram = (name: string): boolean =>
  spawnSync('/bin/sh', ['-c', 'command -v "$0"', name]).status === 0;
