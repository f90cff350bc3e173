import { consolePath } from '../../console/console-api.ts';
import { makeAccess } from '../../console/server/access.ts';
import { bundlePage } from '../../console/server/bundle-page.ts';
import { makeConsole } from '../../console/server/console-server.ts';
import type { LocalPages, Route } from '../aws/http-api.ts';
import type { MetricStore } from '../aws/metric-store.ts';
import type { LocalQueues } from '../aws/sqs.ts';
import type { Cleanups } from '../cleanups.ts';
import type { Sandboxes } from '../sandbox/sandboxes.ts';
import { makeLocalBackend } from './local-backend.ts';
import { makeLocalMetrics } from './local-metrics.ts';
import { startQueueAges } from './queue-ages.ts';

export interface ConsoleParts {
  readonly url: string;
  readonly routes: readonly Route[];
  readonly metrics: MetricStore;
  readonly queues: LocalQueues;
  readonly sandboxes: Sandboxes;
}

/** Opens the console of the local instance. */
export function openConsole(parts: ConsoleParts, cleanups: Cleanups): LocalPages {
  const { url, routes, metrics, queues, sandboxes } = parts;
  const queueAges = startQueueAges(queues);
  cleanups.add(async () => queueAges.stop());
  const backend = makeLocalBackend({
    url,
    stage: 'dev',
    routes,
    readMetrics: makeLocalMetrics({ metrics, queueAges }),
    mails: sandboxes.usesRealResend ? undefined : () => sandboxes.resend.mails(),
  });
  const access = makeAccess('open');
  const respond = makeConsole({ backend, access, bundle: bundlePage, now: () => new Date() });
  return { path: consolePath, respond };
}
