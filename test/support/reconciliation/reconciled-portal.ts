import type pg from 'pg';
import type { RunningJob } from '../../../lambdas/jobs/run-job.ts';
import { openMuxReadsApi } from '../../../lambdas/reconciliation/mux-reads-api.ts';
import { makeMuxReconciler } from '../../../lambdas/reconciliation/mux-reconciler.ts';
import { makeReconcile } from '../../../lambdas/reconciliation/reconcile.ts';
import { openResendEventsApi } from '../../../lambdas/reconciliation/resend-events-api.ts';
import { makeResendReconciler } from '../../../lambdas/reconciliation/resend-reconciler.ts';
import { type MuxSandbox, makeMuxSandbox } from '../../../local/sandbox/mux.ts';
import { type MuxApi, startMuxApi } from '../../../local/sandbox/mux-api.ts';
import { type MuxWebhookList, makeMuxWebhookList } from '../../../local/sandbox/mux-webhooks.ts';
import { type ResendSandbox, startResendSandbox } from '../../../local/sandbox/resend.ts';
import { makeResendSigning } from '../../../local/sandbox/resend-secrets.ts';
import { aMuxProcessor, aResendProcessor, type TestProcessor } from '../processor.ts';
import { type DeliveryServer, startDeliveryServer } from './delivery-server.ts';
import { type KillSwitch, makeKillSwitch } from './kill-switch.ts';

export const START = new Date('2026-11-28T12:00:00.000Z');
const QUARTER_HOUR_MS = 15 * 60_000;
const RUN_MS = 590_000;
const BATCH = 100;

const muxToken = JSON.stringify({ tokenId: 'reads', tokenSecret: 'secret' });
const resendKey = 're_full';

interface Clock {
  now: Date;
}

/**
 * The portal's database with the sandboxes of both providers, their queues, their processors and
 * the job reconcile. Time moves only when the job waits, and between its runs.
 */
export class ReconciledPortal {
  readonly mux: MuxSandbox;
  readonly muxWebhooks: MuxWebhookList;
  readonly resend: ResendSandbox;
  readonly #pool: pg.Pool;
  readonly #muxApi: MuxApi;
  readonly #servers: Readonly<Record<'mux' | 'resend', DeliveryServer>>;
  readonly #processors: Readonly<Record<'mux' | 'resend', TestProcessor>>;
  readonly #clock: Clock;
  /** Times at which requests to each provider began. */
  readonly requestTimes = { mux: [] as number[], resend: [] as number[] };

  private constructor(
    pool: pg.Pool,
    parts: {
      readonly servers: Readonly<Record<'mux' | 'resend', DeliveryServer>>;
      readonly muxWebhooks: MuxWebhookList;
      readonly mux: MuxSandbox;
      readonly muxApi: MuxApi;
      readonly resend: ResendSandbox;
      readonly clock: Clock;
    },
  ) {
    this.#pool = pool;
    this.#clock = parts.clock;
    this.#servers = parts.servers;
    this.mux = parts.mux;
    this.#muxApi = parts.muxApi;
    this.muxWebhooks = parts.muxWebhooks;
    this.resend = parts.resend;
    this.#processors = {
      mux: aMuxProcessor(pool, { now: this.now }),
      resend: aResendProcessor(pool, { now: this.now }),
    };
  }

  static async open(pool: pg.Pool): Promise<ReconciledPortal> {
    const clock = { now: START };
    const servers = {
      mux: await startDeliveryServer('mux', () => clock.now),
      resend: await startDeliveryServer('resend', () => clock.now),
    };
    const muxWebhooks = makeMuxWebhookList(servers.mux.url, () => 'mux-secret');
    const mux = makeMuxSandbox({ webhooks: muxWebhooks });
    const muxApi = await startMuxApi({
      apiToken: () => '{}',
      reads: { ...mux, apiToken: () => muxToken },
    });
    const resend = await startResendSandbox({
      apiKey: () => 're_sending',
      webhooksKey: () => resendKey,
      webhookUrl: servers.resend.url,
      timeScale: 0,
      signing: makeResendSigning(() => [`whsec_${Buffer.from('secret').toString('base64')}`]),
    });
    process.env['MUX_BASE_URL'] = muxApi.url;
    return new ReconciledPortal(pool, { servers, muxWebhooks, mux, muxApi, resend, clock });
  }

  readonly now = () => this.#clock.now;

  advance(milliseconds: number): void {
    this.#clock.now = new Date(this.#clock.now.getTime() + milliseconds);
  }

  async close(): Promise<void> {
    delete process.env['MUX_BASE_URL'];
    await Promise.all([
      this.#muxApi.stop(),
      this.resend.stop(),
      this.#servers.mux.stop(),
      this.#servers.resend.stop(),
    ]);
  }

  /** Processes every message in both queues. */
  async process(): Promise<void> {
    for (const provider of ['mux', 'resend'] as const) {
      const records = this.#servers[provider].takeAll();
      for (let at = 0; at < records.length; at += BATCH) {
        const failed = await this.#processors[provider].process(records.slice(at, at + BATCH));
        if (failed.length > 0) throw new Error(`${failed.length} messages of ${provider} failed.`);
      }
    }
  }

  /**
   * Runs the job a quarter of an hour later, and then processes what it recovered.
   * @param callsToLive Number of calls to the database, providers and queues before a kill.
   */
  async reconcile(callsToLive = Number.POSITIVE_INFINITY) {
    this.advance(QUARTER_HOUR_MS);
    const kill = makeKillSwitch(callsToLive);
    const endsAt = this.#clock.now.getTime() + RUN_MS;
    const job: RunningJob = {
      scheduledAt: this.#clock.now,
      remainingMs: () => endsAt - this.#clock.now.getTime(),
    };
    const counts = await kill.run(() => this.#job(kill)(job));
    // Resend delivers replays a moment after it accepted the request.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await this.process();
    return counts;
  }

  #job(kill: KillSwitch) {
    const pool = kill.guard({ query: this.#pool.query.bind(this.#pool) });
    const muxApi = openMuxReadsApi({ apiToken: async () => muxToken });
    const resendApi = openResendEventsApi({
      apiKey: async () => resendKey,
      address: this.#servers.resend.url,
      baseUrl: this.resend.url,
    });
    const { mux, resend } = this.#servers;
    return makeReconcile({
      pool: async () => pool as unknown as pg.Pool,
      providers: [
        {
          provider: 'mux',
          reconcile: makeMuxReconciler(kill.guard(this.#timed('mux', muxApi))),
          enqueue: kill.guard(mux).enqueue,
        },
        {
          provider: 'resend',
          reconcile: makeResendReconciler(kill.guard(this.#timed('resend', resendApi))),
          enqueue: kill.guard(resend).enqueue,
        },
      ],
      now: this.now,
      wait: async (ms) => this.advance(ms),
    });
  }

  #timed<Api extends object>(provider: 'mux' | 'resend', api: Api): Api {
    return new Proxy(api, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          this.requestTimes[provider].push(this.#clock.now.getTime());
          return method.apply(target, args);
        };
      },
    });
  }
}
