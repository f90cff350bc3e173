import { BadInputError } from '../command-line/errors.ts';

/** Words of a name as the places that use them spell it. */
export interface Spellings {
  /** `clean-up-drafts` */
  readonly name: string;
  /** `cleanUpDrafts` */
  readonly camel: string;
  /** `CleanUpDrafts` */
  readonly pascal: string;
  /** `CLEAN_UP_DRAFTS` */
  readonly constant: string;
}

/** Names of resources and lines of code contain these names. */
const MAX_LENGTH = 40;

/** Names of queues and alarms contain the name of a provider beside other words. */
const MAX_PROVIDER_LENGTH = 16;

/** Words that cannot be the name of a constant, and names that every object has. */
const RESERVED = new Set(
  [
    'abstract arguments async await break case catch class const continue debugger default delete',
    'do else enum eval export extends false finally for function if implements import in',
    'instanceof interface let new null package private protected public return static super switch',
    'this throw true try typeof undefined var void while with yield',
    'constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf',
  ].flatMap((line) => line.split(' ')),
);

/** Spells words that are joined by hyphens or dots. */
export function spell(name: string): Spellings {
  const words = name.split(/[-.\s]/);
  const pascal = words.map(capitalize).join('');
  return {
    name: words.join('-'),
    camel: `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}`,
    pascal,
    constant: words.join('_').toUpperCase(),
  };
}

export const capitalize = (word: string): string =>
  `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

const word = '[a-z][a-z0-9]*';
const hyphenated = `${word}(?:-${word})*`;

/** Forms of the names, with the sentence that an error shows. */
const forms = {
  provider: {
    pattern: new RegExp(`^${word}$`),
    expected: 'one word of lower-case letters and digits, e.g. acme',
  },
  job: {
    pattern: new RegExp(`^${hyphenated}$`),
    expected: 'lower-case words joined by hyphens, e.g. archive-drafts',
  },
  mail: {
    pattern: new RegExp(`^${hyphenated}(?:\\.${hyphenated})+$`),
    expected: 'a subject and what happened, joined by a dot, e.g. draft.archived',
  },
  command: {
    pattern: new RegExp(`^${hyphenated} ${hyphenated}$`),
    expected: 'a group and a verb in quotes, e.g. "drafts list"',
  },
  metric: {
    pattern: /^(?:[A-Z][a-z0-9]*)+$/,
    expected: 'words that begin with a capital, e.g. DraftsArchived',
  },
  folder: {
    pattern: new RegExp(`^${hyphenated}(?:/${hyphenated})*$`),
    expected: 'a folder below lambdas/, e.g. drafts',
  },
} as const;

export type NameKind = keyof typeof forms;

/** Kinds whose name becomes the name of a constant. */
const isConstant = (kind: NameKind) => kind === 'provider' || kind === 'job' || kind === 'mail';

/** @throws a BadInputError that says what a name of this kind looks like. */
export function checkName(kind: NameKind, name: string): void {
  const { pattern, expected } = forms[kind];
  if (!pattern.test(name))
    throw new BadInputError(`'${name}' cannot be the name of a ${kind}: expected ${expected}.`);
  const limit = kind === 'provider' ? MAX_PROVIDER_LENGTH : MAX_LENGTH;
  if (name.length > limit)
    throw new BadInputError(
      `'${name}' has ${name.length} characters: the name of a ${kind} has at most ${limit}.`,
    );
  if (isConstant(kind) && RESERVED.has(spell(name).camel))
    throw new BadInputError(`'${name}' is reserved. Choose another name for the ${kind}.`);
}

/** @throws a BadInputError if the name is in the list. */
export function checkNew(kind: NameKind, name: string, existing: readonly string[]): void {
  if (existing.includes(name))
    throw new BadInputError(
      `There is a ${kind} '${name}' already. Existing: ${existing.join(', ')}.`,
    );
}
