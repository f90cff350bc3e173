// Letters and signs of Windows-1252 outside Latin-1: the encoding of the standard fonts of PDF.
const windows1252 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/**
 * Writes each character that the standard fonts of PDF do not have as its code point, such as
 * `[U+0101]`. The fonts would show nothing or another character. The bracket of a text that looks
 * like a code point becomes one too, so that the two always differ.
 */
export const pdfText = (text: string): string =>
  [...text.normalize('NFC').replace(/\s/g, (space) => (isPrintable(space) ? space : ' '))]
    .map((character, index, characters) => {
      const looksLikeCodePoint = /^\[U\+$/i.test(characters.slice(index, index + 3).join(''));
      return isPrintable(character) && !looksLikeCodePoint ? character : codePointOf(character);
    })
    .join('');

/** Explains the code points that a text may have. `pdfText` must write its two examples. */
export const codePointsText =
  'The fonts of this PDF lack some characters: \u0101 is the character with this number in ' +
  'Unicode. If a text itself contains these signs, its bracket is also written as a number: ' +
  '[U+0101]. The HTML, CSV and JSON files contain the characters themselves.';

/** True if the PDF shows a code point in place of a character of the texts. */
export const hasCodePoints = (texts: readonly string[]): boolean =>
  texts.some((text) => pdfText(text).includes('[U+'));

// A soft hyphen (U+00AD) is invisible, so it is no printable character.
const isPrintable = (character: string) =>
  /^[\x20-\x7e\xa0-\xac\xae-\xff]$/.test(character) || windows1252.includes(character);

const codePointOf = (character: string) =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
