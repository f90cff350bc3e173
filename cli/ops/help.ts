import {
  type CommandName,
  commandNames,
  commands,
} from '../../lambdas/catalog/operator-commands.ts';
import { optionName, schemaOf } from './options.ts';

const COMMON = `  --stage <name>     of a deployed stage; without it, the instance that npm start runs
  --api-url <url>    where its API is (else from cdk-outputs.json, which cdk deploy writes)
  --rate <n>         events a second, where a command goes through many (20)
  --json             for machines
  --help             this text

Exit codes: 0 done · 1 failed · 2 bad input · 3 nothing has that name`;

export function helpText(command: CommandName | undefined): string {
  return command === undefined ? overview() : helpOf(command);
}

function overview(): string {
  const width = Math.max(...commandNames.map((name) => name.length));
  const lines = commandNames.map((name) => `  ${name.padEnd(width)}  ${commands[name].summary}`);
  return `npm run ops -- <command> [options]\n\n${lines.join('\n')}\n\nOptions of all:\n${COMMON}`;
}

function helpOf(command: CommandName): string {
  const { properties, required = [] } = schemaOf(command);
  const options = Object.entries(properties)
    .filter(([name]) => name !== 'cursor')
    .map(([name, { type, enum: values, description = '', default: usual }]) => {
      const value =
        type === 'boolean' ? '' : ` <${values?.join('|') ?? (type === 'integer' ? 'n' : 'text')}>`;
      const note = required.includes(name)
        ? ' (required)'
        : usual === undefined || usual === false
          ? ''
          : ` (${usual})`;
      return `  --${optionName(name)}${value}\n      ${description}${note}`;
    });
  return `npm run ops -- ${command} [options]\n\n${commands[command].summary}.\n\n${options.join('\n')}\n\n${COMMON}`;
}
