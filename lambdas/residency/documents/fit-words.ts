import { Font } from '@react-pdf/renderer';

/** Font of a text. The width of a word depends on both. */
export interface TextFont {
  readonly fontFamily: string;
  readonly fontSize: number;
}

/**
 * Returns a callback for the renderer that breaks a word only if it is wider than a line, and then
 * at any character. The renderer's own hyphenation adds hyphens, which change a name such as
 * `ap-southeast-2`.
 * @param lineWidth width of the line in points
 */
export function fitWords(lineWidth: number, font: TextFont): (word: string) => string[] {
  return (word) => {
    // The renderer would add a hyphen between a word and several spaces in one piece.
    if (word.trim() === '') return [...word];
    return widthOf(word, font) <= lineWidth ? [word] : breakAnywhere(word);
  };
}

/**
 * Separates the characters by empty pieces. The renderer treats an empty piece as a space without
 * width: it may break the line there, and adds nothing.
 */
function breakAnywhere(word: string): string[] {
  const [first = '', ...others] = charactersOf(word);
  return [first, ...others.flatMap((character) => ['', character])];
}

/** Splits a word where a line may break. A code point such as `[U+0101]` stays whole. */
export const charactersOf = (word: string): readonly string[] =>
  word.match(/\[U\+[0-9A-F]+\]|./gu) ?? [];

/** Returns the width in points. A font that is not loaded gives no width, so no word fits. */
export function widthOf(word: string, { fontFamily, fontSize }: TextFont): number {
  const width = Font.getFont({ fontFamily }).data?.layout(word).advanceWidth;
  return width === undefined ? Number.POSITIVE_INFINITY : (width / 1000) * fontSize;
}
