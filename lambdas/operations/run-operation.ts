import { type JobName, jobNamed, jobs } from '../catalog/jobs.ts';
import { type ArgumentsOf, type CommandName, eventStatuses } from '../catalog/operator-commands.ts';
import { providers } from '../catalog/providers.ts';
import type { EvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import type { Clock } from '../platform/clock.ts';
import { parseJson } from '../platform/json.ts';
import { log } from '../platform/logger.ts';
import { redact } from '../platform/redaction.ts';
import { type FetchEvidence, verifyResidencyChain } from '../residency/verify-report-chain.ts';
import type { SecretOperations } from '../signing-secrets/secret-operations.ts';
import type { EventFilter } from '../webhooks/event-search.queries.ts';
import type { OperationsStore } from './operations-store.ts';
import type { QueueOperations } from './queue-operations.ts';
import type { SignSynthetic } from './sign-synthetic.ts';

export interface OperationPorts {
  readonly store: OperationsStore;
  readonly queues: QueueOperations;
  readonly startJob: (
    name: JobName,
    event: { readonly scheduledAt: Date; readonly startedBy: string },
  ) => Promise<void>;
  readonly evidence: Pick<EvidenceBucket, 'get'>;
  readonly secrets: SecretOperations;
  readonly signSynthetic: SignSynthetic;
  readonly now: Clock;
}

/** What a command answers; `undefined` says that what it names does not exist. */
export type Answer = Readonly<Record<string, unknown>> | undefined;

type Operations = {
  readonly [Name in CommandName]: (given: ArgumentsOf<Name>, operator: string) => Promise<Answer>;
};

export function makeOperations(ports: OperationPorts): Operations {
  const { store, queues, evidence, secrets, signSynthetic, startJob, now } = ports;
  return {
    async 'events list'({ limit, cursor, status, ...filter }) {
      const events = await store.listEvents(
        { ...filter, statuses: status ? [status] : eventStatuses },
        { cursor, limit },
      );
      return { events, cursor: events.length === limit ? events.at(-1)?.id : undefined };
    },

    async 'events show'({ provider, event }) {
      const story = await store.findEventStory({ provider, event });
      if (story === undefined) return undefined;
      const { body, ...rest } = story;
      return { ...rest, body: readable(body) };
    },

    async 'events replay'({ reason: _, dryRun, limit, cursor, status, ...named }) {
      const filter: EventFilter = {
        ...named,
        statuses: status ? [status] : ['failed', 'exhausted'],
      };
      if (dryRun) return { matching: await store.countEvents(filter), replayed: 0 };
      const events = await store.replay(filter, { cursor, limit }, (event) => queues.replay(event));
      if (named.event !== undefined && events.length === 0) return undefined;
      return {
        replayed: events.length,
        events: events.map(({ source, eventId }) => ({ provider: source, event: eventId })),
        cursor: events.length === limit ? events.at(-1)?.id : undefined,
      };
    },

    async 'dead-letters list'({ provider }) {
      return { queues: await Promise.all(chosen(provider).map((one) => queues.summarize(one))) };
    },

    async 'dead-letters redrive'({ provider, dryRun, limit }) {
      const redrive = async (one: string) =>
        dryRun
          ? { provider: one, waiting: (await queues.summarize(one)).waiting }
          : { provider: one, ...(await queues.redrive(one, limit, store, now())) };
      return { queues: await Promise.all(chosen(provider).map(redrive)) };
    },

    async 'invitations list'({ status, limit }) {
      return { invitations: await store.listInvitations(status, limit) };
    },

    async 'invitations reissue'({ invitation }) {
      const reissued = await store.reissueInvitation(invitation);
      return reissued && { reissued };
    },

    async 'jobs list'() {
      const runs = new Map((await store.findLatestRuns()).map((run) => [run.job, run]));
      const described = jobs.map(({ name }) => jobNamed(name));
      const lastOf = (name: string) => {
        const run = runs.get(name);
        return {
          last: run?.status,
          due: run?.scheduledAt,
          by: run?.startedBy,
          counts: run?.counts,
          error: run?.error,
        };
      };
      return {
        jobs: described.map(({ name, schedule, timezone = 'UTC' }) => ({
          name,
          schedule,
          timezone,
          ...lastOf(name),
        })),
      };
    },

    async 'jobs run'({ name, at }, operator) {
      const scheduledAt = at === undefined ? now() : new Date(at);
      await startJob(name, { scheduledAt, startedBy: operator });
      return { started: name, scheduledAt };
    },

    async 'residency list'() {
      const reports = await store.findReports();
      return {
        reports: reports.map(({ week, sequence, sha256, assets, violations, bucket, files }) => {
          return {
            week,
            sequence,
            assets,
            violations,
            sha256,
            folder: `s3://${bucket}/${files[0]?.key.replace(/[^/]*$/, '')}`,
          };
        }),
      };
    },

    async 'residency verify'() {
      const read: FetchEvidence = ({ key, versionId }) => evidence.get(key, versionId);
      const { problems, head, ...counts } = await verifyResidencyChain(
        await store.findReports(),
        read,
      );
      return { verdict: problems.length === 0 ? 'intact' : 'broken', ...counts, head, problems };
    },

    async 'secrets list'() {
      return { ...(await secrets.list()) };
    },

    async 'secrets rotate'({ provider, dryRun, anew }) {
      return secrets.rotate(provider, { dryRun, anew });
    },

    async 'smoke sign'({ provider }, operator) {
      const signed = await signSynthetic(provider);
      log.info('Synthetic event is signed', { operator, provider, eventId: signed.event });
      return { ...signed };
    },

    async 'suppressions list'({ limit }) {
      return { suppressions: await store.listSuppressions(limit) };
    },

    async 'suppressions lift'({ address }, operator) {
      const lifted = await store.liftSuppression(address, operator);
      return lifted && { lifted };
    },
  };
}

const chosen = (provider: string | undefined): readonly string[] =>
  provider === undefined ? providers : [provider];

function readable(body: string | null): unknown {
  const value = parseJson(body ?? 'null');
  return redact(value === undefined ? body : value);
}
