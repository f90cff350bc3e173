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
  /** What a layer in the work's transaction does otherwise, on purpose. */
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
    title: 'answers a duplicate with the first result',
    async play(harness) {
      const { counter, work } = counted();
      const call = harness({}).wrap(work);
      return [await call({ id: 'a' }), await call({ id: 'a' }), counter.executions];
    },
    outcome: ['run 1', 'run 1', 1],
  },
  ...awkward.map((result, index) => ({
    title: `replays ${JSON.stringify(result)} as exactly that`,
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
    title: 'runs for another key, and does not look at what is not in the key',
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
    title: 'hands on the work’s error, and runs again',
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
    title: 'hands on the very error object that the work threw',
    async play(harness) {
      const thrown = Object.assign(new Error('rare'), { name: 'RareError' });
      const call = harness({}).wrap(() => Promise.reject(thrown));
      return call({ id: 'a' }).catch((error) => error === thrown);
    },
    outcome: true,
  },
  ...['done', undefined].map((result) => ({
    title: `refuses a duplicate whose validated part differs, after a result of ${result}`,
    async play(harness: Harness) {
      const call = harness({ payloadValidationJmesPath: 'amount' }).wrap(async () => result);
      const pay = (amount: number) => call({ id: 'a', amount }).catch(nameOf);
      return [await pay(1), await pay(2), await pay(1)];
    },
    outcome: [result, 'IdempotencyValidationError', result],
  })),
  {
    title: 'refuses a duplicate while the first is at work, and says so if it differs',
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
    title: 'runs once for 10 at the same time, who all have the answer once they ask again',
    async play(harness) {
      const { counter, work } = counted();
      const call = harness({}).wrap(async (input) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return work(input);
      });
      const insist = () =>
        eventually(
          () => call({ id: 'a' }).catch(() => undefined),
          (answer) => answer !== undefined,
        );
      return [await Promise.all(Array.from({ length: 10 }, insist)), counter.executions];
    },
    outcome: [Array.from({ length: 10 }, () => 'run 1'), 1],
  },
  {
    title: 'holds an abandoned claim until its deadline and not longer',
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
    title: 'forgets a result when its time is up and not before',
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
    title: 'refuses an input without a key, and runs nothing',
    async play(harness) {
      const { counter, work } = counted();
      const refused = await harness({})
        .wrap(work)({ other: 1 })
        .catch((error: Error) => [nameOf(error), nameOf(error.cause)]);
      return [refused, counter.executions];
    },
    outcome: [['IdempotencyPersistenceLayerError', 'IdempotencyKeyError'], 0],
  },
  {
    title: 'runs each time for inputs without a key where that is allowed',
    async play(harness) {
      const call = harness({ throwOnNoIdempotencyKey: false }).wrap(counted().work);
      return [await call({ other: 1 }), await call({ other: 1 })];
    },
    outcome: ['run 1', 'run 2'],
  },
  {
    title: 'asks the response hook for a replay only',
    async play(harness) {
      const responseHook: Settings['responseHook'] = (response) => `hooked ${response}`;
      const call = harness({ responseHook }).wrap(counted().work);
      return [await call({ id: 'a' }), await call({ id: 'a' })];
    },
    outcome: ['run 1', 'hooked run 1'],
  },
  {
    title: 'answers from the local cache until the result’s time is up',
    async play(harness) {
      const call = harness({ useLocalCache: true, expiresAfterSeconds: 60 }).wrap(counted().work);
      const answers = [await call({ id: 'a' }), await call({ id: 'a' })];
      clockGoesForward(61_000);
      return [...answers, await call({ id: 'a' })];
    },
    outcome: ['run 1', 'run 1', 'run 2'],
  },
];
