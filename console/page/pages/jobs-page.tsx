import { formatDuration } from '../../../lambdas/operations/event-story/event-story.ts';
import { StatusBadge } from '../../../lambdas/operations/event-story/status-badge.tsx';
import { runCommand } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';
import { Link } from '../app/router.tsx';
import { usePolling } from '../app/use-polling.ts';
import { type Column, DataTable, NO_VALUE, Rows } from '../lists/data-table.tsx';
import { useList } from '../lists/use-list.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { EmptyState, LoadState } from '../parts/empty-state.tsx';
import { ErrorText } from '../parts/error-text.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { formatAge, Time } from '../parts/time.tsx';

interface JobLine {
  readonly name: string;
  readonly schedule: string;
  readonly timezone: string;
  readonly last?: string;
  readonly due?: string;
  readonly error?: string | null;
}

interface RunLine {
  readonly id: string;
  readonly job: string;
  readonly status: string;
  readonly scheduledAt: string;
  readonly startedAt: string;
  readonly startedBy: string;
  readonly durationMs: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: string | null;
}

async function startJob(name: string, reason: string): Promise<string> {
  await runCommand('jobs run', { name, reason });
  return `${name} was started. Its run appears below.`;
}

const jobColumns: readonly Column<JobLine>[] = [
  {
    label: 'Job',
    kind: 'main',
    show: ({ name }) => <Link to={`/jobs/${name}`}>{name}</Link>,
  },
  { label: 'Schedule', show: ({ schedule, timezone }) => `${schedule} ${timezone}` },
  {
    label: 'Last run',
    show: ({ last, due }) =>
      last === undefined ? (
        'None yet'
      ) : (
        <>
          <StatusBadge status={last} />{' '}
          {due === undefined ? null : <span className="age">{formatAge(due)} ago</span>}
        </>
      ),
  },
  {
    label: 'Actions',
    kind: 'actions',
    show: ({ name }) => (
      <ActionButton
        label="Run now"
        name={`Run now: ${name}`}
        title={`Run ${name} now?`}
        description={<p>The job does what is due now. A scheduled run is not affected.</p>}
        tone="primary"
        run={(reason) => startJob(name, reason)}
      />
    ),
  },
];

const runColumns: readonly Column<RunLine>[] = [
  { label: 'Job', kind: 'main', show: ({ job }) => <Link to={`/jobs/${job}`}>{job}</Link> },
  { label: 'Status', show: ({ status }) => <StatusBadge status={status} /> },
  { label: 'Started', show: ({ startedAt }) => <Time at={startedAt} /> },
  {
    label: 'Duration',
    kind: 'number',
    show: ({ durationMs }) => (durationMs === null ? NO_VALUE : formatDuration(durationMs)),
  },
  { label: 'Started by', show: ({ startedBy }) => startedBy.slice(startedBy.lastIndexOf(':') + 1) },
  {
    label: 'Result',
    show: ({ error, counts }) =>
      error === null ? describeCounts(counts) : <ErrorText text={error} />,
  },
];

const describeCounts = (counts: RunLine['counts']) =>
  Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name} ${count.toLocaleString()}`)
    .join(', ') || 'Nothing to do';

const jobKey = ({ name }: JobLine) => name;
const runKey = ({ id }: RunLine) => id;

/** @param name Job whose runs are listed; undefined lists the runs of all jobs. */
export function JobsPage({ name }: { readonly name: string | undefined }) {
  const { context } = useShell();
  const { data, error } = usePolling<{ readonly jobs: readonly JobLine[] }>(
    'jobs',
    () => runCommand('jobs list'),
    context.refreshMs,
  );
  const jobs = data?.jobs.filter((job) => name === undefined || job.name === name);
  return (
    <>
      <PageHeader
        key={name ?? ''}
        title={name ?? 'Jobs'}
        summary={name === undefined ? undefined : <Link to="/jobs">All jobs</Link>}
      />
      <LoadState isLoaded={jobs !== undefined} error={error} />
      {jobs === undefined ? null : jobs.length === 0 ? (
        <EmptyState title="There is no such job">The list of all jobs has their names.</EmptyState>
      ) : (
        <Rows caption="Jobs" columns={jobColumns} rows={jobs} keyOf={jobKey} />
      )}
      {name === undefined || jobs?.length === 1 ? <Runs name={name} /> : null}
    </>
  );
}

function Runs({ name }: { readonly name: string | undefined }) {
  const { context } = useShell();
  const list = useList<RunLine>(
    { command: 'jobs runs', given: { name }, field: 'runs', refreshMs: context.refreshMs },
    runKey,
  );
  return (
    <>
      <h2 className="list-title">Runs</h2>
      <DataTable
        caption="Runs, newest first"
        columns={runColumns}
        list={list}
        keyOf={runKey}
        empty={<EmptyState title="No run yet">Run a job now, or wait for its schedule.</EmptyState>}
      />
    </>
  );
}
