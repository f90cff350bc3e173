import { toSingleLine } from '../../platform/single-line.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

const rightToLeft =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * Returns a text from outside as one line of at most `limit` UTF-16 units, or undefined if no
 * character is visible.
 */
export function oneLine(text: string | null, limit: number): string | undefined {
  // Cuts before cleaning too, so that a text of megabytes costs no more than a short one.
  const line = toSingleLine((text ?? '').slice(0, limit * 4));
  if (!/[^\p{Cf}\p{Z}]/u.test(line)) return undefined;
  return line.length <= limit && (text ?? '').length <= limit * 4
    ? line
    : `${firstGraphemes(line, limit - 1)}…`;
}

/**
 * Quotes a title for a subject. A subject has no `dir`, so an isolate keeps the order of its words.
 */
export function quoted(line: string): string {
  return rightToLeft.test(line) ? `“\u2068${line}\u2069”` : `“${line}”`;
}

/** Formats a duration like a video player: `4:05`, `1:02:03`. */
export function playingTime(seconds: number): string {
  const total = Math.max(1, Math.round(seconds));
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0')))
    .join(':');
}

function firstGraphemes(line: string, limit: number): string {
  let length = 0;
  for (const { segment } of graphemes.segment(line)) {
    if (length + segment.length > limit) break;
    length += segment.length;
  }
  return line.slice(0, length).trimEnd();
}
