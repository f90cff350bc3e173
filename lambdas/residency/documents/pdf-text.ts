// Letters and signs of Windows-1252 outside Latin-1: the encoding of the standard fonts of PDF.
const windows1252 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

/**
 * Replaces characters that the standard fonts of PDF do not have, which would disappear.
 */
export const pdfText = (text: string): string =>
  [...text.normalize('NFC')]
    .map((character) => (isPrintable(character) ? character : replacement(character)))
    .join('');

const isPrintable = (character: string) =>
  /^[\x20-\x7e\xa0-\xff]$/.test(character) || windows1252.includes(character);

const replacement = (character: string) => (/\s/.test(character) ? ' ' : '?');
