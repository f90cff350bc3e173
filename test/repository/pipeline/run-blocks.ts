/** Shell script of one step of a workflow. */
export interface RunBlock {
  readonly line: number;
  readonly script: string;
}

const indentOf = (line: string) => line.search(/\S/);

/** Extracts the script of each `run` key of a workflow, on one line or as a block. */
export function runBlocks(workflow: string): readonly RunBlock[] {
  const lines = workflow.split('\n');
  return lines.flatMap((text, index) => {
    const found = /^\s*(?:- )?run: (.*)$/.exec(text);
    if (found === null) return [];
    const [, value = ''] = found;
    if (!/^[|>]/.test(value)) return [{ line: index + 1, script: value }];
    const key = text.indexOf('run:');
    const rest = lines.slice(index + 1);
    const end = rest.findIndex((line) => line.trim() !== '' && indentOf(line) <= key);
    const block = end === -1 ? rest : rest.slice(0, end);
    return [{ line: index + 1, script: block.map((line) => line.trim()).join('\n') }];
  });
}
