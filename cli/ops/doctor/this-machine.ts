import { findRunning, stateDirectory } from '../../../local/running-instance.ts';
import type { RunCommand } from '../operations-client.ts';
import { attempt, type Finding, ok, problem, skipped } from './finding.ts';

/** Checks the instance of `npm start` on this machine. */
export async function checkThisMachine(runCommand: RunCommand): Promise<readonly Finding[]> {
  const running = await findRunning(stateDirectory);
  return [
    checkNode(process.versions.node),
    checkInstance(running),
    ...(running?.at === undefined
      ? [skipped('database', 'No instance runs.')]
      : await attempt('database', async () => {
          await runCommand({ command: 'jobs list', arguments: {} });
          return ok('database', 'The functions reach Postgres.');
        })),
  ];
}

/** Version of Node.js in which functions run. */
const NODE_MAJOR = 24;

export function checkNode(version: string): Finding {
  return Number.parseInt(version, 10) >= NODE_MAJOR
    ? ok('Node.js', `The version is ${version}.`)
    : problem('Node.js', `The version is ${version}; needed is ${NODE_MAJOR}.`, 'npm ci');
}

export function checkInstance(
  running: { readonly pid: number; readonly at?: { readonly url: string } | undefined } | undefined,
): Finding {
  if (running === undefined) return problem('instance', 'No instance runs.', 'npm start');
  return running.at === undefined
    ? problem('instance', `Process ${running.pid} is still starting.`, 'Wait, then run it again')
    : ok('instance', `Runs at ${running.at.url}.`);
}
