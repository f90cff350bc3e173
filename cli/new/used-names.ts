import { BadInputError } from '../command-line/errors.ts';

const textsAndComments = /'[^'\n]*'|`[^`]*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** Returns the names in code, with the placeholders of a template in them. */
export const wordsOfCode = (code: string): ReadonlySet<string> =>
  new Set(
    code.replace(textsAndComments, "''").match(/(?:[A-Za-z_$]|\{\{\w+\}\})(?:[\w$]|\{\{\w+\}\})*/g),
  );

/** @throws a BadInputError if a new name is used already, which would not compile or be misread. */
export function rejectUsed(names: readonly string[], used: ReadonlySet<string>): void {
  const name = names.find((one) => used.has(one));
  if (name !== undefined)
    throw new BadInputError(
      `'${name}' is reserved, because the generated code uses it. Choose another name.`,
    );
}
