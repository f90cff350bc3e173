import { join } from 'node:path';
import { makeReporter } from '../../../local/reporter.ts';
import { assemblyCache } from '../../../local/running-instance.ts';
import { startLocal } from '../../../local/start.ts';
import { runJobs } from '../send-plan.ts';
import type { FromInstance, InstanceSettings, ToInstance } from './instance-messages.ts';

/** Runs a whole local instance, which keeps its messages on the disk, until it is killed. */
const settings = JSON.parse(process.argv[2] ?? '') as InstanceSettings;
const { stateDirectory, timeScale } = settings;
const send = (message: FromInstance) => void process.send?.(message);

const local = await startLocal({
  port: settings.port,
  stateDirectory,
  assemblies: assemblyCache,
  database: settings.database,
  environment: {},
  reporter: makeReporter({ logDirectory: join(stateDirectory, 'logs'), quiet: true }),
  timeScale,
  durableQueues: true,
  schedulesEnabled: false,
  sendsMailEvents: false,
  resendUrl: settings.resendUrl,
});
runJobs({ local }, timeScale);

process.on('message', async (message: ToInstance) => {
  send({ kind: 'contents', id: message.id, contents: await local.queues.contents() });
});
// The process of the soak has ended.
process.on('disconnect', () => process.exit(1));
send({ kind: 'ready' });
