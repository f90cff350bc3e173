import { expect, test } from '@jest/globals';
import { sharesOfChunk } from '../../../bench/profile/jobs/chunk-plans.ts';

const node = (ms: number, more: object = {}, ...plans: object[]) => ({
  ...{ 'Node Type': 'ModifyTable', 'Actual Total Time': ms, 'Actual Loops': 1, Plans: plans },
  ...more,
});
const part = (name: string, ms: number, ...plans: object[]) =>
  node(ms, { 'Subplan Name': `CTE ${name}` }, ...plans);
const reads = (name: string, ms: number) => node(ms, { 'Node Type': 'CTE Scan', 'CTE Name': name });
const notice = (ms: number, ...plans: object[]) =>
  `duration: ${ms.toFixed(3)} ms  plan:\n${JSON.stringify({ 'Query Text': 'with', Plan: node(ms, {}, ...plans) }, null, 2)}`;

const chunk = notice(
  100,
  part('lead', 1),
  part('due', 10, node(9, {}, reads('lead', 2))),
  part('expired', 50, node(12, {}, reads('due', 11))),
  part('revoked', 20, reads('expired', 0.5)),
  part('described', 3, reads('expired', 0.1)),
  part('event', 5, reads('described', 4)),
  part('noted', 4, reads('described', 0.2)),
  part('published', 8, reads('event', 6)),
  node(51, { 'Subplan Name': 'InitPlan 9' }, reads('expired', 51)),
);

test('a part of a statement has the time that it took itself, not that of the parts which it read first', () => {
  const shares = Object.fromEntries(sharesOfChunk([chunk, notice(7), 'something else']));

  expect(shares).toEqual({
    'find and lock share_links': 0.1,
    'update share_links': 0.4,
    'update share_link_tokens': 0.2,
    'make rows of the links for the events': 0.05,
    'insert share_link_expiries, with its JSON': 0.04,
    'insert outbox, with its JSON': 0.03,
    'count, and check what refers to owners': expect.closeTo(0.18),
  });
});

test('without a plan of a chunk there is no profile', () => {
  expect(() => sharesOfChunk([notice(7)])).toThrow('no plan of a chunk');
});
