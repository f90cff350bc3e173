import * as z from 'zod';

/**
 * Contract of an option that takes a whole number, with an error that names its range.
 * @param unit What the number counts; undefined for a port and the like.
 */
export function wholeNumber(unit: string | undefined, min: number, max: number) {
  const counted = unit === undefined ? '' : ` of ${unit}`;
  const error = `expected a whole number${counted} from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
}
