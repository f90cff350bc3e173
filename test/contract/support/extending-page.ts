/** Change of one file, as a `diff` block of the page shows it. */
export interface PageChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** Steps of a section of docs/extending.md that a program can perform. */
export interface PageSteps {
  /** Names of the files that the section's table asks for. */
  readonly files: readonly string[];
  readonly changes: readonly PageChange[];
  readonly commands: readonly string[];
}

/** Reads the steps of a section. @throws if the page has no such section. */
export function readSteps(page: string, heading: string): PageSteps {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`The page has no section '${heading}'.`);
  const blocks = [...section.matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```$/gm)].map(
    ([, language = '', text = '']) => ({ language, lines: unindent(text) }),
  );
  return {
    files: [...section.matchAll(/^ *\| `([\w.-]+\.ts)` \|/gm)].map(([, name = '']) => name),
    changes: blocks
      .filter(({ language }) => language === 'diff')
      .map(({ lines }) => toChange(lines)),
    commands: blocks.filter(({ language }) => language === 'sh').flatMap(({ lines }) => lines),
  };
}

/** Returns a text with the changes. @throws if the text differs from the page. */
export function applyChanges(text: string, changes: readonly PageChange[]): string {
  return changes.reduce((current, { file, before, after }) => {
    if (current.split(before).length !== 2)
      throw new Error(`${file} does not contain exactly once, as the page says:\n${before}`);
    return current.replace(before, () => after);
  }, text);
}

/** One row of the table of generated parts. */
export interface GeneratedPart {
  readonly command: string;
  readonly created: number;
  readonly edited: number;
  readonly documented: number;
}

/** Reads the table of the parts that the generator adds, with the files that each touches. */
export const readGeneratedParts = (page: string): readonly GeneratedPart[] =>
  [...page.matchAll(/^\| `(npm run new -- .*?)` \| (\d+) \| (\d+) \| (\d+) \|/gm)].map(
    ([, command = '', created, edited, documented]) => ({
      command,
      created: Number(created),
      edited: Number(edited),
      documented: Number(documented),
    }),
  );

const unindent = (text: string) =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.replace(/^ {3}/, ''));

function toChange([header = '', ...lines]: readonly string[]): PageChange {
  const side = (other: string) =>
    lines.filter((line) => !line.startsWith(other)).map((line) => `${line.slice(1)}\n`);
  return {
    file: header.replace('--- a/', ''),
    before: side('+').join(''),
    after: side('-').join(''),
  };
}
