import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rejectUsed, wordsOfCode } from './used-names.ts';

/**
 * Reads a template and fills its placeholders.
 *
 * @throws a BadInputError if a filled name is also a name of the template, and an Error for a
 * placeholder without a value.
 */
export function fillTemplate(name: string, values: Readonly<Record<string, string>>): string {
  const path = join(import.meta.dirname, 'templates', `${name}.template`);
  const template = readFileSync(path, 'utf8');
  const words = [...wordsOfCode(template)];
  const hasPlaceholder = (word: string) => word.includes('{{');
  rejectUsed(
    words.filter(hasPlaceholder).map((word) => fill(word, values)),
    new Set(words.filter((word) => !hasPlaceholder(word))),
  );
  return fill(template, values);
}

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, placeholder: string) => {
    const value = values[placeholder];
    if (value === undefined) throw new Error(`The placeholder ${placeholder} has no value.`);
    return value;
  });
