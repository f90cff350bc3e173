import { runCommand } from '../app/api-client.ts';
import { Link } from '../app/router.tsx';
import { usePolling } from '../app/use-polling.ts';
import { type Column, NO_VALUE, Rows } from '../lists/data-table.tsx';
import { EmptyState, LoadState } from '../parts/empty-state.tsx';
import { Time } from '../parts/time.tsx';

/** A provider of `reconciliation show`, after its way through JSON. */
interface ReconciliationLine {
  readonly provider: string;
  readonly agreedUntil: string | null;
  readonly comparedAt: string | null;
  readonly recoveredInDay: number;
  readonly recoveredInWeek: number;
  readonly open: number;
}

const columns: readonly Column<ReconciliationLine>[] = [
  {
    label: 'Provider',
    kind: 'main',
    show: ({ provider }) => <Link to={`/events?provider=${provider}`}>{provider}</Link>,
  },
  { label: 'Last compared', show: ({ comparedAt }) => time(comparedAt) },
  { label: 'Complete until', show: ({ agreedUntil }) => time(agreedUntil) },
  { label: 'Recovered, 24 h', kind: 'number', show: ({ recoveredInDay }) => recoveredInDay },
  { label: 'Recovered, 7 days', kind: 'number', show: ({ recoveredInWeek }) => recoveredInWeek },
  { label: 'Still missing', kind: 'number', show: ({ open }) => open },
];

const time = (at: string | null) => (at === null ? NO_VALUE : <Time at={at} />);

const providerOf = ({ provider }: ReconciliationLine): string => provider;

/** Shows how far each provider's events were compared with the ledger, and what was recovered. */
export function ReconciliationSection({ refreshMs }: { readonly refreshMs: number }) {
  const { data, error } = usePolling<{ readonly providers: readonly ReconciliationLine[] }>(
    'reconciliation',
    () => runCommand('reconciliation show'),
    refreshMs,
  );
  const rows = data?.providers;
  return (
    <section aria-labelledby="reconciliation">
      <div className="section-header">
        <h2 id="reconciliation">Events that were never delivered</h2>
        <Link to="/jobs/reconcile">Job reconcile</Link>
      </div>
      <LoadState isLoaded={rows !== undefined} error={error} />
      {rows === undefined ? null : rows.length === 0 ? (
        <EmptyState title="No provider was compared yet" />
      ) : (
        <Rows
          caption="Comparison with the providers"
          columns={columns}
          rows={rows}
          keyOf={providerOf}
        />
      )}
    </section>
  );
}
