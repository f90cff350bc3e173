import { expect, test } from '@jest/globals';
import { parseFaultPlan } from '../../../../local/sandbox/faults/parse-fault-plan.ts';

test('parses each fault', () => {
  const text = 'drop=20, misreport=50,delay=1,delay-ms=500,reorder=2,hide=3,errors=4,seed=7';

  expect(parseFaultPlan(text)).toEqual({
    dropPercent: 20,
    misreportPercent: 50,
    delayPercent: 1,
    delayMs: 500,
    reorderPercent: 2,
    hidePercent: 3,
    errorPercent: 4,
    seed: 7,
  });
});

test.each([
  ['drops=20', "'drops=20' is no fault. Faults: drop, misreport"],
  ['', "'' is no fault"],
  ['constructor=1', "'constructor=1' is no fault"],
  ['drop=101', 'expected drop=<whole number from 0 to 100>'],
  ['drop', 'expected drop='],
  ['drop=-1', 'expected drop='],
  ['drop=1.5', 'expected drop='],
])('rejects %p and names what is allowed', (text, message) => {
  expect(() => parseFaultPlan(text)).toThrow(message);
});
