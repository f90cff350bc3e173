interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Subplan Name'?: string;
  readonly 'CTE Name'?: string;
  readonly 'Actual Total Time': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** What the parts of the statement that expires a chunk do, by their names in it. */
const parts: Readonly<Record<string, string>> = {
  lead: 'find and lock share_links',
  due: 'find and lock share_links',
  expired: 'update share_links',
  revoked: 'update share_link_tokens',
  described: 'make rows of the links for the events',
  event: 'make rows of the links for the events',
  noted: 'insert share_link_expiries, with its JSON',
  published: 'insert outbox, with its JSON',
};

const REST = 'count, and check what refers to owners';

/**
 * pg_stat_statements knows only the whole of a statement; the plans that auto_explain sends of some of its runs say what
 * its parts take.
 * @param notices Of auto_explain, in JSON.
 * @returns the share of each part.
 */
export function sharesOfChunk(notices: readonly string[]): ReadonlyMap<string, number> {
  const spent = new Map<string, number>(
    [...new Set(Object.values(parts)), REST].map((part) => [part, 0]),
  );
  let altogether = 0;
  for (const notice of notices) {
    const [, ms, json] = /duration: ([\d.]+) ms {2}plan:\n(.*)/s.exec(notice) ?? [];
    const { Plan: plan } = JSON.parse(json ?? '{}') as { Plan?: PlanNode };
    const ctes = new Map(
      (plan?.Plans ?? []).flatMap((node) => (isCte(node) ? [[nameOf(node), node] as const] : [])),
    );
    if (!ctes.has('revoked')) continue;
    altogether += Number(ms);
    for (const [name, node] of ctes) {
      const part = parts[name] ?? REST;
      spent.set(part, (spent.get(part) ?? 0) + timeOf(node) - pulledBy(node, ctes));
    }
  }
  if (altogether === 0) throw new Error('Postgres sent no plan of a chunk.');
  const known = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
  spent.set(REST, (spent.get(REST) ?? 0) + altogether - known);
  return new Map([...spent].map(([part, ms]) => [part, ms / altogether]));
}

const isCte = (node: PlanNode) => node['Subplan Name']?.startsWith('CTE ') === true;
const nameOf = (node: PlanNode) => node['Subplan Name']?.slice('CTE '.length) ?? '';
const timeOf = (node: PlanNode) => node['Actual Total Time'] * node['Actual Loops'];

/** A part is worked out by the one that reads it first, and in that one's time; whoever reads it again finds it done. */
function pulledBy(node: PlanNode, ctes: ReadonlyMap<string, PlanNode>): number {
  const read = node['Node Type'] === 'CTE Scan' ? ctes.get(node['CTE Name'] ?? '') : undefined;
  const own = read !== undefined && timeOf(node) >= timeOf(read) ? timeOf(read) : 0;
  return (node.Plans ?? []).reduce((sum, child) => sum + pulledBy(child, ctes), own);
}
