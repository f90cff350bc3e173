import { describe, expect, test } from '@jest/globals';
import { AccessDeniedError } from '../../../../../cli/command-line/errors.ts';
import { replayEvents } from '../../../../../cli/ops/commands/replay-events.ts';
import type { CommandRequest } from '../../../../../cli/ops/operations-client.ts';
import { recordContext } from '../../../../support/ops-context.ts';

const options = { rate: 1_000, wait: true, timeout: 5 };
const sentOf = (...events: readonly string[]) =>
  events.map((event) => ({ provider: 'mux', event, replay: `replay-${event}` }));

/** Answers one replayed event, and then one outcome for each request. */
function answerWith(...statuses: readonly (string | Error)[]) {
  const left = [...statuses];
  return ({ command }: CommandRequest) => {
    if (command === 'events replay') return { replayed: 1, events: sentOf('e1') };
    const status = left.length > 1 ? left.shift() : left[0];
    if (status instanceof Error) throw status;
    const [sent] = sentOf('e1');
    return { replays: [{ ...sent, status, error: status === 'processed' ? null : 'E1: why' }] };
  };
}

describe('a replay of one event', () => {
  test('waits until the event is processed, and exits with 0', async () => {
    const context = recordContext(answerWith('requested', 'failed', 'processed'));

    await expect(replayEvents.run({ event: 'e1' }, options, context)).resolves.toBe(0);

    expect(context.printed).toEqual([
      { replayed: 1, events: [{ ...sentOf('e1')[0], status: 'processed', error: null }] },
    ]);
    expect(context.terminal.errors).toEqual([
      'Replays: 1 requested',
      'Replays: 1 failed',
      'Replays: 1 processed',
    ]);
    expect(context.requests.slice(1)[0]).toEqual({
      command: 'events replays',
      arguments: { event: ['e1'], replay: ['replay-e1'] },
    });
  });

  test('exits with 1 if the event is exhausted, and prints its error', async () => {
    const context = recordContext(answerWith('exhausted'));

    await expect(replayEvents.run({ event: 'e1' }, options, context)).resolves.toBe(1);

    expect(context.printed).toMatchObject([
      { events: [{ status: 'exhausted', error: 'E1: why' }] },
    ]);
  });

  test('exits with 1 if the event has no outcome when the time is up', async () => {
    const context = recordContext(answerWith('failed'));

    await expect(
      replayEvents.run({ event: 'e1' }, { ...options, timeout: 0 }, context),
    ).resolves.toBe(1);

    expect(context.terminal.errors.at(-1)).toContain('1 of 1 replays have no outcome after 0 s');
  });

  test('does not wait with --no-wait or in a dry run', async () => {
    const context = recordContext(answerWith('failed'));
    await expect(
      replayEvents.run({ event: 'e1' }, { ...options, wait: false }, context),
    ).resolves.toBe(0);
    expect(context.requests).toHaveLength(1);

    const dryRun = recordContext(() => ({ matching: 1, replayed: 0 }));
    await expect(replayEvents.run({ event: 'e1', dryRun: true }, options, dryRun)).resolves.toBe(0);
    expect(dryRun.requests).toHaveLength(1);
  });

  test('prints what was sent even if the outcome may not be read', async () => {
    const context = recordContext(
      answerWith(new AccessDeniedError('Access denied: LookPolicyArn')),
    );

    await expect(replayEvents.run({ event: 'e1' }, options, context)).resolves.toBe(1);

    expect(context.printed).toEqual([{ replayed: 1, events: sentOf('e1') }]);
    expect(context.terminal.errors.at(-1)).toContain('LookPolicyArn');
  });
});

describe('a replay of many events', () => {
  /** Answers pages of a ledger with 7 events, of which e3 has no body. */
  const ledger = ['e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7'];
  const answer = ({ command, arguments: given }: CommandRequest) => {
    if (command === 'events replays')
      return {
        replays: sentOf(...(given['event'] as string[])).map((one) => ({
          ...one,
          status: 'processed',
          error: null,
        })),
      };
    if (given['dryRun'] === true) return { matching: ledger.length, replayed: 0 };
    const start = Number(given['cursor'] ?? 0);
    const page = ledger.slice(start, start + Number(given['limit']));
    const end = start + page.length;
    return {
      events: sentOf(...page.filter((event) => event !== 'e3')),
      ...(page.includes('e3') && { withoutBody: [{ provider: 'mux', event: 'e3' }] }),
      cursor: end < ledger.length ? String(end) : undefined,
    };
  };
  const bulk = { reason: 'uploads are fixed' };

  test('replays page by page, and exits with 1 because one event has no body', async () => {
    const context = recordContext(answer);

    await expect(replayEvents.run(bulk, { ...options, rate: 3 }, context)).resolves.toBe(1);

    expect(context.printed).toMatchObject([
      { matching: 7, replayed: 6, withoutBody: [{ event: 'e3' }] },
    ]);
    const pages = context.requests.filter(({ arguments: given }) => given['dryRun'] !== true);
    expect(pages[0]).toMatchObject({ arguments: { ...bulk, limit: 3 } });
  });

  test('replays no more events than --limit names', async () => {
    const context = recordContext(answer);

    await expect(replayEvents.run({ ...bulk, limit: '2' }, options, context)).resolves.toBe(0);

    expect(context.printed).toMatchObject([{ matching: 7, replayed: 2 }]);
  });
});
