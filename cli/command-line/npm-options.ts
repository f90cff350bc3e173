import type { Program } from './command.ts';
import { BadInputError } from './errors.ts';
import { propertiesOf } from './properties.ts';

/**
 * Checks that npm has passed on every option. Without `--` before them, npm reads options as its
 * own: a command that was typed with --dry-run would run without it.
 *
 * @throws a BadInputError that shows where `--` belongs.
 */
export function checkNpmOptions<Context>(
  { name, commands, globals }: Pick<Program<Context>, 'name' | 'commands' | 'globals'>,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  // Variables of npm concern this program only if npm has started it.
  if (environment['npm_lifecycle_event'] === undefined || !name.endsWith(' --')) return;
  const contracts = [globals, ...commands.flatMap((one) => [one.arguments, one.options])];
  const options = contracts
    .flatMap((one) => (one === undefined ? [] : propertiesOf(one)))
    .map(({ option }) => option);
  const taken = [...new Set(options)].filter((option) => isTaken(option, environment));
  if (taken.length === 0) return;
  throw new BadInputError(
    `npm read ${taken.join(' and ')} as its own, so the command did not receive ` +
      `${taken.length === 1 ? 'it' : 'them'}. Type -- before the arguments: ${name} …`,
  );
}

/** Reads the variable in which npm exports an option: `--no-watch` is an empty `watch`. */
function isTaken(
  option: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const key = option.replace(/^--(no-)?/, '').replaceAll('-', '_');
  const value = environment[`npm_config_${key}`];
  return option.startsWith('--no-') ? value === '' : Boolean(value);
}
