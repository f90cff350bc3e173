import { readFileSync, writeSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { StartTask } from '../../verifier/start.ts';
import { type Places, sharesOf } from '../shares.ts';
import { firstPlaces, profiler, warmPlaces } from './places.ts';

/** As start.ts does it, with the stacks looked at. */
export interface ProfiledStart {
  /** In milliseconds, of loading the bundle and of the first delivery. */
  readonly first: Readonly<Record<string, number>>;
  /** In microseconds, of each delivery that was counted; empty where none was. */
  readonly warm: Readonly<Record<string, number>>;
}

// Short against the first delivery, and long against what looking costs.
const FIRST_SAMPLE_MICROS = 100;
const WARM_SAMPLE_MICROS = 200;

const [taskFile = ''] = process.argv.slice(2);
const { file, deliveries, warmUp } = JSON.parse(readFileSync(taskFile, 'utf8')) as StartTask;
const [first, ...others] = deliveries as [APIGatewayProxyEventV2, ...APIGatewayProxyEventV2[]];
const context = { awsRequestId: 'bench' } as Context;
const session = new Session();
session.connect();
session.post('Profiler.enable');

begin(FIRST_SAMPLE_MICROS);
const { handler } = (await import(file)) as {
  readonly handler: (
    event: APIGatewayProxyEventV2,
    context: Context,
  ) => Promise<{ readonly statusCode: number }>;
};
await accept(first);
const firstShares = shares(firstPlaces, 1_000);

for (const delivery of others.slice(0, warmUp)) await accept(delivery);
const counted = others.slice(warmUp);
begin(WARM_SAMPLE_MICROS);
for (const delivery of counted) await accept(delivery);
const warmShares = shares(warmPlaces, counted.length);

const profiled: ProfiledStart = {
  first: firstShares,
  warm: counted.length === 0 ? {} : warmShares,
};
// Past stdout, which is the function's log.
writeSync(3, JSON.stringify(profiled));
process.exit();

async function accept(delivery: APIGatewayProxyEventV2): Promise<void> {
  const { statusCode } = await handler(delivery, context);
  if (statusCode !== 200) throw new Error(`The handler answered ${statusCode}.`);
}

function begin(interval: number): void {
  session.post('Profiler.setSamplingInterval', { interval });
  session.post('Profiler.start');
}

function shares(places: Places, divisor: number): Readonly<Record<string, number>> {
  const all = [...sharesOf(end(), places)].filter(([name]) => name !== profiler);
  return Object.fromEntries(all.map(([name, micros]) => [name, micros / divisor]));
}

function end(): Profiler.Profile {
  let taken: Profiler.Profile | undefined;
  // Answered before it returns: the session is this process's own.
  session.post('Profiler.stop', (_, { profile }) => {
    taken = profile;
  });
  if (taken === undefined) throw new Error('There is no profile.');
  return taken;
}
