import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads a template and fills its placeholders. @throws for a placeholder without a value. */
export function fillTemplate(name: string, values: Readonly<Record<string, string>>): string {
  const path = join(import.meta.dirname, 'templates', `${name}.template`);
  return fill(readFileSync(path, 'utf8'), values);
}

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, placeholder: string) => {
    const value = values[placeholder];
    if (value === undefined) throw new Error(`The placeholder ${placeholder} has no value.`);
    return value;
  });
