import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

// Of every Linux that Node runs on.
const TICKS_PER_SECOND = 100;

/** Seconds of CPU of all processes of the server, those that have ended included; undefined where there is no /proc. */
export async function readServerCpu(pool: pg.Pool): Promise<number | undefined> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const backend = readStat(String(rows[0]?.pid));
  return backend === undefined ? undefined : cpuOfFamily(backend.parent);
}

/** Of a process and its children. */
export function cpuOfFamily(pid: string): number | undefined {
  const root = readStat(pid);
  if (root === undefined) return undefined;
  const children = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && readStat(name)?.parent === pid,
  );
  const alive = children.map((child) => readStat(child)?.own ?? 0);
  return [root.own, root.ended, ...alive].reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: after the name in brackets, the parent is the second. */
function readStat(pid: string) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (...indexes: number[]) =>
      indexes.reduce((sum, index) => sum + Number(fields[index]), 0);
    return { parent: fields[1] ?? '', own: ticks(11, 12), ended: ticks(13, 14) };
  } catch {
    return undefined;
  }
}
