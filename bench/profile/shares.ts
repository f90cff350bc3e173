import type { Profiler } from 'node:inspector';

/** The first that any frame of the stack belongs to, by its function and file, is what the time went into. */
export type Places = readonly (readonly [name: string, frame: RegExp])[];

const OTHER = 'everything else';

/** Microseconds by place. */
export function sharesOf(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  places: Places,
): ReadonlyMap<string, number> {
  const self = new Map<number, number>();
  samples.forEach((id, index) => {
    // Until it was looked at again: V8 looks away for milliseconds while code is loaded.
    self.set(id, (self.get(id) ?? 0) + (timeDeltas[index + 1] ?? 0));
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const shares = new Map<string, number>(
    [...places.map(([name]) => name), OTHER].map((name) => [name, 0]),
  );
  const walk = (id: number, rank: number): void => {
    const { callFrame, children = [] } = byId.get(id) as Profiler.ProfileNode;
    const frame = `${callFrame.functionName} ${callFrame.url}`;
    const found = places.findIndex(([, pattern]) => pattern.test(frame));
    const place = found === -1 ? rank : Math.min(rank, found);
    const name = places[place]?.[0] ?? OTHER;
    shares.set(name, (shares.get(name) ?? 0) + (self.get(id) ?? 0));
    for (const child of children) walk(child, place);
  };
  walk(nodes[0]?.id as number, places.length);
  return shares;
}
