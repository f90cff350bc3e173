import { expect } from '@jest/globals';
import { eventually } from './eventually.ts';
import { type Command, node } from './run-program.ts';

type RunCommand = (command: readonly string[]) => Command;

/** Runs the commands of operators on the running instance, as a person and in a pipe. */
export async function expectOperatorCommands(run: RunCommand): Promise<void> {
  const ops = async (...words: readonly string[]) => {
    const command = run(node('cli/main.ts', 'ops', ...words));
    return { code: await command.ended(), output: command.output() };
  };
  const listed = await ops('events', 'list', '--type', 'video.asset.ready');
  const [{ event }] = JSON.parse(listed.output).events;

  const shown = await ops('events', 'show', 'mux', event, '--table');
  expect(shown.output).toMatch(/^receivedAt +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+$/m);
  const replayed = await ops('events', 'replay', '--event', event, '--status', 'processed');
  expect(replayed.code).toBe(0);
  expect(
    JSON.parse(replayed.output.split('\n').find((line) => line.startsWith('{')) ?? ''),
  ).toMatchObject({
    replayed: 1,
    events: [{ event, status: 'processed' }],
    target: 'this machine',
  });
  const job = await ops('jobs', 'run', 'prune', '--table');
  expect([job.code, job.output]).toEqual([
    0,
    expect.stringMatching(/succeeded[\s\S]*On this machine\./),
  ]);
  const log = await ops('logs', 'mux-processor', '--table');
  expect(log.output).toContain(`eventId=${event}`);
  const unknown = await ops('events', 'show', 'mux', 'nothing');
  expect([unknown.code, unknown.output.trim()]).toEqual([3, 'Not found.']);

  const tail = run(node('cli/main.ts', 'ops', 'events', 'tail'));
  const sent = run(node('cli/main.ts', 'send', 'mux', 'video.asset.errored'));
  expect(await sent.ended()).toBe(0);
  await eventually(tail.output, (text) => text.includes('video.asset.errored'));
  tail.child.kill('SIGINT');
  expect(await tail.ended()).toBe(0);
}
