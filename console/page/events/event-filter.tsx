import { useShell } from '../app/context.ts';
import { navigate } from '../app/router.tsx';
import { SearchField, Select } from '../parts/controls.tsx';

/** Filters of the feed, as they are in the address. */
export const filterNames = ['provider', 'status', 'type', 'asset', 'to', 'text'] as const;

export type FilterName = (typeof filterNames)[number];
export type Filter = Readonly<Record<FilterName, string>>;

export const readFilter = (parameters: URLSearchParams): Filter =>
  Object.fromEntries(filterNames.map((name) => [name, parameters.get(name) ?? ''])) as Filter;

function writeFilter(filter: Filter): void {
  const given = filterNames.filter((name) => filter[name].trim() !== '');
  const query = new URLSearchParams(given.map((name) => [name, filter[name].trim()]));
  navigate(given.length === 0 ? '/events' : `/events?${query}`, { replace: true });
}

const statusOptions = [
  ['', 'Any status'],
  ['processed', 'processed'],
  ['failed,exhausted', 'failed or exhausted'],
  ['failed', 'failed'],
  ['exhausted', 'exhausted'],
  ['closed', 'closed'],
  ['ignored', 'ignored'],
  ['synthetic', 'synthetic'],
] as const;

const textFields: readonly (readonly [name: FilterName, label: string, placeholder: string])[] = [
  ['type', 'Type', 'video.asset.ready'],
  ['asset', 'Asset', 'Any id of it'],
  ['to', 'Address', 'name@example.org'],
  ['text', 'Text in the body', 'Any part of it'],
];

/** Applies a choice at once, and a text when its field is left or Enter is pressed. */
export function EventFilter({ filter }: { readonly filter: Filter }) {
  const { context } = useShell();
  const set = (name: FilterName) => (value: string) => writeFilter({ ...filter, [name]: value });
  return (
    <search className="filter" aria-label="Filter events">
      <Select
        label="Provider"
        value={filter.provider}
        options={[
          ['', 'Any provider'],
          ...context.providers.map(({ name }) => [name, name] as const),
        ]}
        onChange={set('provider')}
      />
      <Select
        label="Status"
        value={filter.status}
        options={statusOptions}
        onChange={set('status')}
      />
      {textFields.map(([name, label, placeholder]) => (
        <SearchField
          key={name}
          label={label}
          value={filter[name]}
          placeholder={placeholder}
          onApply={set(name)}
        />
      ))}
      <button
        type="button"
        className="clear"
        disabled={filterNames.every((name) => filter[name] === '')}
        onClick={() => navigate('/events', { replace: true })}
      >
        Clear
      </button>
    </search>
  );
}
