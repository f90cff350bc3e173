import { UserError } from '../../user-error.ts';
import type { FaultPlan } from './faults.ts';

/** Names of the faults in the option `--faults`, with the field and the largest value of each. */
const settings: Readonly<Record<string, readonly [field: keyof FaultPlan, max: number]>> = {
  drop: ['dropPercent', 100],
  misreport: ['misreportPercent', 100],
  delay: ['delayPercent', 100],
  'delay-ms': ['delayMs', 3_600_000],
  reorder: ['reorderPercent', 100],
  hide: ['hidePercent', 100],
  errors: ['errorPercent', 100],
  seed: ['seed', 2_147_483_647],
};

/**
 * Parses a plan such as `drop=20,errors=5,seed=7`.
 * @throws UserError that names the part which is invalid, and what is allowed.
 */
export function parseFaultPlan(text: string): FaultPlan {
  const plan: Partial<Record<keyof FaultPlan, number>> = {};
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((word) => word.trim());
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (setting === undefined)
      throw new UserError(
        `--faults: '${part}' is no fault. Faults: ${Object.keys(settings).join(', ')}, ` +
          "for example 'drop=20,errors=5,seed=7'.",
      );
    const [field, max] = setting;
    if (!/^\d+$/.test(value) || Number(value) > max)
      throw new UserError(
        `--faults '${part}' is invalid: expected ${name}=<whole number from 0 to ${max}>.`,
      );
    plan[field] = Number(value);
  }
  return plan;
}
