import type { PartName, PartReport } from '../report.ts';
import { amount, spread } from '../table.ts';
import { markdownTable } from './markdown.ts';

interface Scaling {
  readonly part: PartName;
  /** The figure's id in the report. */
  readonly id: string;
  readonly because: string;
}

/** Each by the ratio of two figures of one run, and what is behind it. */
const scalings: readonly Scaling[] = [
  {
    part: 'processor',
    id: 'ours 8 / ours 1',
    because:
      'writers share the cores with Postgres here; where they do not, each adds its own rate until Postgres is busy',
  },
  {
    part: 'processor',
    id: 'ours 8 batch 1 / ours 8',
    because: 'a batch costs its flights, its commit and its statements whatever it holds',
  },
  {
    part: 'processor',
    id: 'ours 8 batch 100 / ours 8',
    because: 'what is left is the work for each event: its rows, its token, its line in the log',
  },
  {
    part: 'processor',
    id: 'ours 8 16 KB / ours 8',
    because: 'the ledger keeps every body; nothing else grows with it',
  },
  {
    part: 'processor',
    id: 'ours 8 full / ours 8',
    because:
      'indexes are deeper and fewer of their pages are in memory; prune keeps them from growing for ever',
  },
  {
    part: 'processor',
    id: 'ours 1 +1 ms / ours 1',
    because: 'two or three round trips for each batch, so more events in a batch hide more of them',
  },
  { part: 'processor', id: 'ours 1 +5 ms / ours 1', because: 'the same' },
  { part: 'verifier', id: 'ours mux 16000 / ours mux 1800', because: 'HMAC reads every byte once' },
  { part: 'verifier', id: 'ours resend 16000 / ours resend 1800', because: 'the same' },
  {
    part: 'jobs',
    id: 'expire +5 ms / expire',
    because:
      'a chunk is a few round trips, and takes as many links as go into a fraction of a second',
  },
  {
    part: 'memory',
    id: 'ours late / ours early',
    because: 'the heap grows towards the limits that it has from the size of the function',
  },
];

/** @returns undefined where nothing of it was measured. */
export function scalingPage(reports: readonly PartReport[]): string | undefined {
  const rows = scalings.flatMap(({ part, id, because }) => {
    const found = reports
      .find((report) => report.part === part)
      ?.findings.find((finding) => finding.id === id);
    return found === undefined
      ? []
      : [[found.what, amount(found.value.median, found.unit), spread(found), because]];
  });
  if (rows.length === 0) return undefined;
  return [
    '## How the figures scale',
    '',
    ...markdownTable(['what', 'factor', 'min–max', 'because'], rows),
    '',
  ].join('\n');
}
