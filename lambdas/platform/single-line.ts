const controls = /[\p{Cc}\u2028\u2029]+/gu;
// An unclosed override or isolate in a text would reverse the words after it.
const directionMarks = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Replaces control characters and line breaks by a space, and removes direction marks. */
export function toSingleLine(text: string): string {
  return text
    .toWellFormed()
    .replace(controls, ' ')
    .replace(directionMarks, '')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Removes marks that change the direction of text; they are invisible. */
export const withoutDirectionMarks = (text: string): string => text.replace(directionMarks, '');

/** Tests for control characters, line breaks and unpaired surrogates. */
export const isSingleLine = (text: string): boolean =>
  text.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(text);
