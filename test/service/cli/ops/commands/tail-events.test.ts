import { describe, expect, test } from '@jest/globals';
import { BadInputError } from '../../../../../cli/command-line/errors.ts';
import { tailEvents } from '../../../../../cli/ops/commands/tail-events.ts';
import { newRows } from '../../../../../cli/ops/new-event-rows.ts';
import type { EventLine } from '../../../../../lambdas/operations/event-story/event-line.ts';
import { UserError } from '../../../../../local/user-error.ts';
import { recordContext } from '../../../../support/ops-context.ts';

const row = (id: number, status = 'processed'): EventLine => ({
  id: String(id),
  provider: 'mux',
  event: `event-${id}`,
  type: 'video.asset.ready',
  status,
  attempts: 1,
  redrives: 0,
  replays: 0,
  receivedAt: '2026-03-08T12:00:00.000Z',
  error: null,
});

/** Runs the command on these answers, then presses Ctrl-C. */
async function tail(answers: readonly (readonly EventLine[] | Error)[], given: object = {}) {
  const left = [...answers];
  const controller = new AbortController();
  const context = recordContext(
    ({ arguments: { limit, cursor } }) => {
      const answer = left[0] ?? [];
      if (answer instanceof Error) {
        left.shift();
        throw answer;
      }
      const rest = answer.filter(({ id }) => cursor === undefined || Number(id) < Number(cursor));
      const page = rest.slice(0, Number(limit));
      const isLast = page.length < Number(limit);
      if (isLast || cursor === undefined) left.shift();
      if (!isLast && cursor === undefined) left.unshift(answer);
      if (left.length === 0) controller.abort();
      return { events: page, cursor: isLast ? undefined : page.at(-1)?.id };
    },
    { signal: controller.signal },
  );
  const code = await tailEvents.run({ last: 10, ...given }, context, {});
  return { code, context, events: context.terminal.printed.map((line) => JSON.parse(line)) };
}

test('prints past events first, then new and changed ones, oldest first', async () => {
  const { code, events } = await tail([
    [row(2), row(1, 'failed')],
    [row(2), row(1, 'failed')],
    [row(4), row(3), row(2), row(1)],
  ]);

  expect(code).toBe(0);
  expect(events.map(({ id, status }) => `${id} ${status}`)).toEqual([
    '1 failed',
    '2 processed',
    '1 processed',
    '3 processed',
    '4 processed',
  ]);
});

test('prints as many past events as --last names, and later ones', async () => {
  const past = [row(3), row(2), row(1)];

  expect((await tail([past], { last: 1 })).events).toMatchObject([{ id: '3' }]);
  expect((await tail([past, [row(4), ...past]], { last: 0 })).events).toMatchObject([{ id: '4' }]);
});

test('misses no event if more than a page arrive between two requests', async () => {
  const many = Array.from({ length: 250 }, (_, index) => row(251 - index));
  const { events } = await tail([[row(1)], [...many, row(1)]]);

  expect(events.map(({ id }) => Number(id))).toEqual([
    1,
    ...Array.from({ length: 250 }, (_, index) => index + 2),
  ]);
});

test('goes on after a lost connection, and ends at a refused request', async () => {
  const lost = new UserError('Lost.');
  const { context, events } = await tail([[row(1)], lost, lost, [row(2), row(1)], lost]);
  expect(events).toHaveLength(2);
  // Once until a request succeeds.
  const reports = context.terminal.errors.filter((text) => text === 'Lost. Trying again.');
  expect(reports).toHaveLength(2);

  await expect(tail([[row(1)], new BadInputError('bad')])).rejects.toThrow('bad');
});

describe('newRows', () => {
  test('keeps a bounded number of rows', () => {
    const seen = new Map(Array.from({ length: 2_000 }, (_, id) => [String(id), row(id)]));
    const next = newRows([row(2_001), row(2_000)], seen);

    expect(next.fresh.map(({ id }) => id)).toEqual(['2000', '2001']);
    expect([next.seen.size, next.seen.has('0'), next.seen.has('2001')]).toEqual([
      2_000,
      false,
      true,
    ]);
  });
});
