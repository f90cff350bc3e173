import { charactersOf, type TextFont, widthOf } from './fit-words.ts';

// The renderer adds the widths of the parts of a line, so its sum may differ from the line's width.
const SLACK = 1;

/**
 * Breaks a text at spaces into lines of at most the given width in points. A word that is wider
 * than a line breaks at any character.
 */
export function breakLines(text: string, width: number, font: TextFont): readonly string[] {
  const fits = (line: string) => widthOf(line, font) <= width - SLACK;
  if (fits(text)) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.pop();
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || fits(longer)) lines.push(longer);
    else lines.push(last, word);
    if (!fits(lines.at(-1) ?? '')) lines.push(...breakWord(lines.pop() ?? '', fits));
  }
  return lines;
}

function breakWord(word: string, fits: (line: string) => boolean): readonly string[] {
  const lines: string[] = [];
  for (const character of charactersOf(word)) {
    const last = lines.pop() ?? '';
    if (last === '' || fits(last + character)) lines.push(last + character);
    else lines.push(last, character);
  }
  return lines;
}
