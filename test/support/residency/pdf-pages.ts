import { inflateSync } from 'node:zlib';

/** One line of text as the PDF draws it. Numbers are points. */
export interface PdfLine {
  readonly text: string;
  readonly fontSize: number;
  readonly width: number;
  /** Distance of the line's start from the left edge of the page. */
  readonly left: number;
  /** Distance of the baseline from the top of the page. */
  readonly baseline: number;
}

export interface PdfPage {
  /** Drawing commands. */
  readonly commands: string;
  readonly lines: readonly PdfLine[];
  /** Texts of all lines, separated by spaces. */
  readonly text: string;
}

/** Returns the pages of a PDF that the renderer wrote. Its texts are in Windows-1252. */
export function pdfPages(pdf: Uint8Array): readonly PdfPage[] {
  const bytes = Buffer.from(pdf);
  const pages: PdfPage[] = [];
  for (let at = bytes.indexOf('stream\n'); at >= 0; at = bytes.indexOf('stream\n', at + 7)) {
    if (bytes.subarray(at - 3, at).toString() === 'end') continue;
    const commands = inflate(bytes.subarray(at + 7, bytes.indexOf('\nendstream', at)));
    if (!commands.includes(' Tf')) continue;
    const lines = linesOf(commands);
    pages.push({ commands, lines, text: lines.map(({ text }) => text).join(' ') });
  }
  return pages;
}

// Edges of the area between header and footer, in points from the top of an A4 page.
const BODY = { top: 58, bottom: 788 };

/** Returns the lines between the page's header and footer. */
export const bodyOf = ({ lines }: PdfPage): readonly PdfLine[] =>
  lines.filter(
    ({ baseline, fontSize }) => baseline - fontSize / 2 > BODY.top && baseline < BODY.bottom,
  );

/** Returns the pairs of lines that cover each other. */
export const overlapsOf = ({ lines }: PdfPage): readonly (readonly [string, string])[] =>
  lines.flatMap((one, index) =>
    lines
      .slice(index + 1)
      .filter(
        (other) =>
          Math.abs(one.baseline - other.baseline) < Math.min(one.fontSize, other.fontSize) &&
          one.left < other.left + other.width &&
          other.left < one.left + one.width,
      )
      .map((other): readonly [string, string] => [one.text, other.text]),
  );

function inflate(stream: Uint8Array): string {
  try {
    return inflateSync(stream).toString('latin1');
  } catch {
    return '';
  }
}

const translation = /^1 0 0 1 (\S+) (\S+) cm$/;
const size = /^\/F\d+ (\S+) Tf$/;
const shown = /^\[(.*)\] TJ$/;

/** Follows the moves of the origin. The renderer flips the page twice, which cancels out. */
function linesOf(commands: string): readonly PdfLine[] {
  const lines: PdfLine[] = [];
  const saved: (readonly [number, number])[] = [];
  let [left, top] = [0, 0];
  let fontSize = 0;
  let part: string | undefined;
  for (const command of commands.split('\n')) {
    const [, x, y] = translation.exec(command) ?? [];
    fontSize = Number(size.exec(command)?.[1] ?? fontSize);
    part = shown.exec(command)?.[1] ?? part;
    if (command === 'q') saved.push([left, top]);
    if (command === 'Q') [left, top] = saved.pop() ?? [0, 0];
    if (x === undefined) continue;
    // The first move after a text is as wide as the text.
    if (part !== undefined)
      addPart(lines, { text: decode(part), fontSize, width: Number(x), left, baseline: top });
    part = undefined;
    left += Number(x);
    top += Number(y);
  }
  return lines;
}

/** Joins the parts of a line, such as one for its digits. */
function addPart(lines: PdfLine[], part: PdfLine): void {
  const previous = lines.at(-1);
  const continues =
    previous?.baseline === part.baseline &&
    Math.abs(previous.left + previous.width - part.left) < 0.01;
  if (!continues) lines.push(part);
  else {
    const { text, width } = previous;
    lines[lines.length - 1] = { ...previous, text: text + part.text, width: width + part.width };
  }
}

const windows1252 = new TextDecoder('windows-1252');
const decode = (parts: string): string =>
  [...parts.matchAll(/<([0-9a-f]*)>/g)]
    .map(([, hex = '']) => windows1252.decode(Buffer.from(hex, 'hex')))
    .join('');
