import {
  type CommandName,
  commandNames,
  operatorCommands,
} from '../../lambdas/catalog/operator-commands.ts';
import { argumentsSchema, optionName, type PropertySchema } from './options.ts';

const COMMON = `  --stage <name>     deployed stage; default: the instance that npm start runs
  --api-url <url>    URL of the stage's API; default: ApiUrl in cdk-outputs.json,
                     which cdk deploy writes
  --rate <n>         events per second, for a replay of many events (20)
  --json             print JSON
  --help             print this text

Exit codes: 0 done · 1 failed · 2 invalid input · 3 not found`;

export function helpText(command: CommandName | undefined): string {
  return command === undefined ? overview() : commandHelp(command);
}

function overview(): string {
  const width = Math.max(...commandNames.map((name) => name.length));
  const lines = commandNames.map(
    (name) => `  ${name.padEnd(width)}  ${operatorCommands[name].summary}`,
  );
  return [
    'npm run ops -- <command> [options]',
    lines.join('\n'),
    `Options of every command:\n${COMMON}`,
  ].join('\n\n');
}

function commandHelp(command: CommandName): string {
  const { properties, required = [] } = argumentsSchema(command);
  const options = Object.entries(properties)
    .filter(([name]) => name !== 'cursor')
    .map(([name, property]) => optionHelp(name, property, required.includes(name)));
  return [
    `npm run ops -- ${command} [options]`,
    `${operatorCommands[command].summary}.`,
    ...(options.length > 0 ? [options.join('\n')] : []),
    COMMON,
  ].join('\n\n');
}

function optionHelp(name: string, property: PropertySchema, isRequired: boolean): string {
  const { description = '', default: usual } = property;
  const note = isRequired
    ? ' (required)'
    : usual === undefined || usual === false
      ? ''
      : ` (${usual})`;
  return `  --${optionName(name)}${placeholder(property)}\n      ${description}${note}`;
}

function placeholder({ type, enum: values }: PropertySchema): string {
  if (type === 'boolean') return '';
  if (values !== undefined) return ` <${values.join('|')}>`;
  return type === 'integer' ? ' <n>' : ' <text>';
}
