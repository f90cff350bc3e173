import { styleText } from 'node:util';
import type { SoakResult } from './run-soak.ts';

const EXAMPLES = 5;

/** Describes the result in lines for the terminal. */
export function describeResult(result: SoakResult): readonly string[] {
  const { proof, acceptedEvents, deliveries, seconds, interrupted } = result;
  const rejected = [...result.rejected].map(([status, count]) =>
    status === 0 ? `${count} without a response` : `${count} answered ${status}`,
  );
  const faults = [...result.faults].map(([kind, count]) => `${count} ${kind}`);
  return [
    `Accepted ${acceptedEvents} events in ${deliveries} deliveries within ${seconds} s.`,
    `Deliveries that were sent again: ${rejected.join(', ') || 'none'}.`,
    `Faults: ${faults.sort().join(', ') || 'none'}; ${interrupted} invocations were interrupted.`,
    `Effects: ${proof.notifications} notifications, ${proof.mails} mails, ` +
      `${proof.domainEvents} domain events (${proof.repeatedPublications} published again with ` +
      'the same id).',
    ...describeProof(result),
  ];
}

/** Describes each count of a proof, with examples if it is not zero. */
export const describeProof = ({
  proof,
  unfinished,
}: Pick<SoakResult, 'proof' | 'unfinished'>): readonly string[] => [
  ...describeFindings('Unfinished', unfinished),
  ...describeFindings('Lost', proof.lost),
  ...describeFindings('Doubled', proof.doubled),
  ...describeFindings('Mailed twice', proof.mailedTwice),
];

function describeFindings(name: string, findings: readonly string[]): readonly string[] {
  const line = `${name}: ${findings.length}`;
  if (findings.length === 0) return [styleText('green', line)];
  const more = findings.length - EXAMPLES;
  return [
    styleText('red', line),
    ...findings.slice(0, EXAMPLES).map((text) => `  ${text}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** True if nothing is lost, doubled or mailed twice, and no work is left. */
export const isClean = ({ proof, unfinished }: SoakResult): boolean =>
  [proof.lost, proof.doubled, proof.mailedTwice, unfinished].every(({ length }) => length === 0);
