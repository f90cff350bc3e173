import * as z from 'zod';

/** Contract of an option that takes a whole number, with an error that names its range. */
export function wholeNumber(unit: string, min: number, max: number) {
  const error = `expected a whole number of ${unit} from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
}
