import { eventually } from '../eventually.ts';
import {
  aGate,
  clockGoesForward,
  type Harness,
  type Settings,
  type Work,
  waitForOthers,
} from './idempotency-harness.ts';

const nameOf = (error: unknown) => (error as Error).name;
const messageOf = (error: unknown) => `${nameOf(error)}: ${(error as Error).message}`;

function counted(results: (execution: number) => unknown = (execution) => `run ${execution}`) {
  const counter = { executions: 0 };
  const work: Work = async () => {
    counter.executions += 1;
    return results(counter.executions);
  };
  return { counter, work };
}

export interface Scenario {
  readonly title: string;
  readonly play: (harness: Harness) => Promise<unknown>;
  readonly outcome: unknown;
  /** Set for scenarios in which a layer bound to a transaction differs on purpose. */
  readonly onlyOwn?: true;
}

const awkward = [
  undefined,
  null,
  false,
  0,
  '',
  '\u0000',
  [],
  {},
  { b: 1, a: [null, { z: '\u0000' }] },
];

export const scenarios: readonly Scenario[] = [
  {
    title: 'returns the first result to a duplicate',
    async play(harness) {
      const { counter, work } = counted();
      const call = harness({}).wrap(work);
      return [await call({ id: 'a' }), await call({ id: 'a' }), counter.executions];
    },
    outcome: ['run 1', 'run 1', 1],
  },
  ...awkward.map((result, index) => ({
    title: `returns the result ${JSON.stringify(result)} unchanged to a duplicate`,
    async play(harness: Harness) {
      const { counter, work } = counted(() => result);
      const call = harness({}).wrap(work);
      return [
        await call({ id: `awkward-${index}` }),
        await call({ id: `awkward-${index}` }),
        counter.executions,
      ];
    },
    outcome: [result, result, 1],
  })),
  {
    title: 'runs for another key, and ignores fields outside the key',
    async play(harness) {
      const call = harness({}).wrap(counted().work);
      return [
        await call({ id: 'a', receives: 1 }),
        await call({ id: 'b' }),
        await call({ receives: 2, id: 'a' }),
      ];
    },
    outcome: ['run 1', 'run 2', 'run 1'],
  },
  {
    title: 'rethrows the error of the work and runs again',
    async play(harness) {
      const { counter, work } = counted((execution) => {
        if (execution === 1) throw new TypeError('at first');
        return 'then';
      });
      const call = harness({}).wrap(work);
      return [
        await call({ id: 'a' }).catch(messageOf),
        await call({ id: 'a' }),
        await call({ id: 'a' }),
        counter,
      ];
    },
    outcome: ['TypeError: at first', 'then', 'then', { executions: 2 }],
  },
  {
    title: 'rethrows the same error object',
    async play(harness) {
      const thrown = Object.assign(new Error('rare'), { name: 'RareError' });
      const call = harness({}).wrap(() => Promise.reject(thrown));
      return call({ id: 'a' }).catch((error) => error === thrown);
    },
    outcome: true,
  },
  ...['done', undefined].map((result) => ({
    title: `rejects a duplicate with another validated part, after the result ${result}`,
    async play(harness: Harness) {
      const call = harness({ payloadValidationJmesPath: 'amount' }).wrap(async () => result);
      const pay = (amount: number) => call({ id: 'a', amount }).catch(nameOf);
      return [await pay(1), await pay(2), await pay(1)];
    },
    outcome: [result, 'IdempotencyValidationError', result],
  })),
  {
    title: 'rejects a duplicate while the first call runs, with another error if it differs',
    onlyOwn: true,
    async play(harness) {
      const gate = aGate();
      const { counter, work } = counted();
      const call = harness({ payloadValidationJmesPath: 'amount' }).wrap(async (input) => {
        const result = await work(input);
        await gate.passed;
        return result;
      });
      const first = call({ id: 'a', amount: 1 });
      await waitForOthers(() => counter.executions === 1);
      const second = await call({ id: 'a', amount: 1 }).catch(nameOf);
      const other = await call({ id: 'a', amount: 2 }).catch(nameOf);
      gate.open();
      return [await first, second, other, await call({ id: 'a', amount: 1 })];
    },
    outcome: ['run 1', 'IdempotencyAlreadyInProgressError', 'IdempotencyValidationError', 'run 1'],
  },
  {
    title: 'runs once for 10 concurrent calls, and all return the result after retries',
    async play(harness) {
      const { counter, work } = counted();
      const call = harness({}).wrap(async (input) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return work(input);
      });
      const insist = () =>
        eventually(
          () => call({ id: 'a' }).catch(() => undefined),
          (result) => result !== undefined,
        );
      return [await Promise.all(Array.from({ length: 10 }, insist)), counter.executions];
    },
    outcome: [Array.from({ length: 10 }, () => 'run 1'), 1],
  },
  {
    title: 'keeps an abandoned claim until its deadline and no longer',
    onlyOwn: true,
    async play(harness) {
      const { counter, work } = counted();
      const call = harness({ remainingMs: 30_000 }).wrap(async (input) => {
        const result = await work(input);
        return result === 'run 1' ? new Promise(() => {}) : result;
      });
      void call({ id: 'a' });
      await waitForOthers(() => counter.executions === 1);
      clockGoesForward(29_000);
      const before = await call({ id: 'a' }).catch(nameOf);
      clockGoesForward(2_000);
      return [before, await call({ id: 'a' }), await call({ id: 'a' })];
    },
    outcome: ['IdempotencyAlreadyInProgressError', 'run 2', 'run 2'],
  },
  {
    title: 'keeps a result until it expires',
    async play(harness) {
      const call = harness({ expiresAfterSeconds: 3_600 }).wrap(counted().work);
      const first = await call({ id: 'a' });
      clockGoesForward(3_590_000);
      const within = await call({ id: 'a' });
      clockGoesForward(20_000);
      return [first, within, await call({ id: 'a' }), await call({ id: 'a' })];
    },
    outcome: ['run 1', 'run 1', 'run 2', 'run 2'],
  },
  {
    title: 'rejects an input without a key and runs nothing',
    async play(harness) {
      const { counter, work } = counted();
      const rejection = await harness({})
        .wrap(work)({ other: 1 })
        .catch((error: Error) => [nameOf(error), nameOf(error.cause)]);
      return [rejection, counter.executions];
    },
    outcome: [['IdempotencyPersistenceLayerError', 'IdempotencyKeyError'], 0],
  },
  {
    title: 'runs every time for inputs without a key if that is allowed',
    async play(harness) {
      const call = harness({ throwOnNoIdempotencyKey: false }).wrap(counted().work);
      return [await call({ other: 1 }), await call({ other: 1 })];
    },
    outcome: ['run 1', 'run 2'],
  },
  {
    title: 'calls the response hook only for a duplicate',
    async play(harness) {
      const responseHook: Settings['responseHook'] = (response) => `hooked ${response}`;
      const call = harness({ responseHook }).wrap(counted().work);
      return [await call({ id: 'a' }), await call({ id: 'a' })];
    },
    outcome: ['run 1', 'hooked run 1'],
  },
  {
    title: 'returns the result from the local cache until it expires',
    async play(harness) {
      const call = harness({ useLocalCache: true, expiresAfterSeconds: 60 }).wrap(counted().work);
      const results = [await call({ id: 'a' }), await call({ id: 'a' })];
      clockGoesForward(61_000);
      return [...results, await call({ id: 'a' })];
    },
    outcome: ['run 1', 'run 1', 'run 2'],
  },
];
