const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

const controls = /[\p{Cc}\u2028\u2029]+/gu;
// Overrides and isolates that a text leaves open would turn around the words after it.
const directionMarks = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const rightToLeft =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Somebody's text on one line of at most `limit` UTF-16 units; undefined where nothing of it could be seen. */
export function oneLine(text: string | null, limit: number): string | undefined {
  // Cut before it is cleaned as well: a text of megabytes costs no more than one of twice the limit.
  const start = (text ?? '').slice(0, limit * 4).toWellFormed();
  const line = start
    .replace(controls, ' ')
    .replace(directionMarks, '')
    .replace(/\s+/gu, ' ')
    .trim();
  if (!/[^\p{Cf}\p{Z}]/u.test(line)) return undefined;
  return line.length <= limit && (text ?? '').length <= limit * 4
    ? line
    : `${firstGraphemes(line, limit - 1)}…`;
}

/** For a subject, which has no markup to set a direction with: an isolate keeps the words around it in their order. */
export function quoted(line: string): string {
  return rightToLeft.test(line) ? `“\u2068${line}\u2069”` : `“${line}”`;
}

/** As players show it: `4:05`, `1:02:03`. */
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
