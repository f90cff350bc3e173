import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { complete } from '../../../../cli/command-line/complete.ts';
import { completionScript } from '../../../../cli/command-line/completion-scripts.ts';
import { programs } from '../../../../cli/programs.ts';
import { opsProgram, runRecorded } from '../../../support/command-line.ts';

const values = (...words: readonly string[]) =>
  complete(opsProgram, words).map(({ value }) => value);

describe('completes', () => {
  test('the groups, and the commands of a group', () => {
    expect(values('')).toEqual(expect.arrayContaining(['events', 'jobs', 'completion']));
    expect(values('')).not.toContain('list');
    expect(values('eve')).toEqual(['events']);
    expect(values('events', 're')).toEqual(
      ['events replays', 'events replay'].map((name) => name.slice(7)),
    );
  });

  test('the options of the command and of all commands', () => {
    expect(values('events', 'list', '--st')).toEqual(['--status', '--stage']);
    expect(values('events', 'list', '--h')).toEqual(['--help']);
    expect(values('jobs', 'list', '--li')).toEqual([]);
  });

  test('the values of options and of arguments', () => {
    expect(values('events', 'list', '--provider', '')).toEqual(['mux', 'resend']);
    expect(values('events', 'show', 'm')).toEqual(['mux']);
    expect(values('events', 'show', '--provider', 'mux', '')).toEqual([]);
    expect(values('jobs', 'run', 'pru')).toEqual(['prune']);
    expect(values('--stage', 'prod', 'jobs', 'run', 'pru')).toEqual(['prune']);
    expect(values('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  test('the stages', () => {
    expect(values('events', 'list', '--stage', '')).toEqual(['dev', 'staging', 'prod', 'local']);
    expect(values('--stage', 'pr')).toEqual(['prod']);
  });

  test('each value of a list', () => {
    expect(values('events', 'list', '--status', 'failed,ex')).toEqual(['failed,exhausted']);
  });

  test('a value after an equals sign, which bash splits from the option', () => {
    expect(values('events', 'list', '--provider=m')).toEqual(['--provider=mux']);
    expect(values('events', 'list', '--provider', '=', 'm')).toEqual(['--provider=mux']);
    expect(values('events', 'list', '--provider', '=')).toEqual([
      '--provider=mux',
      '--provider=resend',
    ]);
  });
});

/** Completes a line in bash as the Tab key does. The program is replaced by one that echoes. */
function completeInBash(line: string, script: string): readonly string[] {
  const words = line.split(' ');
  const command = words[0] ?? '';
  const program = `
    ${script}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
    COMP_CWORD=${words.length - 1}
    handler=$(complete -p ${command} | sed -E 's/.*-F ([^ ]+) .*/\\1/')
    $handler
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { encoding: 'utf8' }).trim().split('\n');
}

describe('the script of bash', () => {
  const echo = completionScript('bash', {
    complete: ['printf', "%s\\tit's help\\n"],
    scripts: ['ops', 'send'],
  });

  test('completes the installed command and the scripts of npm', () => {
    expect(completeInBash('motion-mavericks ops events l', echo)).toEqual(['ops', 'events', 'l']);
    expect(completeInBash('npm run -s ops -- events l', echo)).toEqual(['ops', 'events', 'l']);
    expect(completeInBash('npm run send -- mux ', echo)).toEqual(
      ['send', 'mux', ''].filter((word) => word !== ''),
    );
  });

  test('leaves other scripts and the options of npm to the completion of npm', () => {
    const withNpm = `_npm_completion() { COMPREPLY=(of-npm); }\n${echo}`;

    expect(completeInBash('npm run ops', withNpm)).toEqual(['of-npm']);
    expect(completeInBash('npm run lint -- x', withNpm)).toEqual(['of-npm']);
  });

  test('prints the part after the equals sign, because bash replaces only that', () => {
    const fixed = completionScript('bash', {
      complete: ['echo', '--provider=mux'],
      scripts: ['ops'],
    }).replace('"$@" 2', '2');

    expect(completeInBash('npm run ops -- --provider = m', fixed)).toEqual(['mux']);
  });
});

/** Completes a line in fish as the Tab key does. */
const completeInFish = (line: string, script: string): readonly string[] =>
  execFileSync('fish', ['--no-config', '-c', `${script}\ncomplete -C '${line}'`], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n');

/** Calls the function of the script in zsh; `_describe` prints the candidates. */
function completeInZsh(line: string, script: string): readonly string[] {
  const words = line.split(' ');
  const handler = words[0] === 'npm' ? '_motion_mavericks_npm' : '_motion_mavericks';
  const program = `
    compdef() { }
    _describe() { print -l -- "\${(@P)3}" }
    ${script}
    words=(${words.map((word) => `'${word}'`).join(' ')})
    CURRENT=${words.length}
    ${handler} || true`;
  return execFileSync('zsh', ['-f', '-c', program], { encoding: 'utf8' }).trim().split('\n');
}

// CI on Linux installs both shells and requires them.
const isInstalled = (shell: string) =>
  process.env['REQUIRE_SHELLS'] === '1' || spawnSync(shell, ['--version']).status === 0;
const echoing = ['printf', '%s\\tthe word\\n'];
const scripts = ['ops', 'send'];

// The text of both scripts is tested below, also where a shell is not installed.
for (const [shell, run, summary] of [
  ['fish', completeInFish, '\tthe word'],
  ['zsh', completeInZsh, ':the word'],
] as const)
  if (isInstalled(shell))
    test(`${shell} completes the installed command and the scripts of npm`, () => {
      const script = completionScript(shell, { complete: echoing, scripts });
      const words = ['ops', 'events', 'l'].map((word) => `${word}${summary}`);

      for (const line of ['motion-mavericks ops events l', 'npm run -s ops -- events l']) {
        const found = run(line, script);
        expect(found.length).toBeGreaterThan(0);
        expect(words).toEqual(expect.arrayContaining([...found]));
        expect(found).toContain(`l${summary}`);
      }
      expect(run('npm run lint -- x', script).join()).not.toContain('the word');
    });

test('the completion continues every script of package.json that starts a program', async () => {
  const { out } = await runRecorded(opsProgram, ['completion', 'bash']);

  expect(out).toContain(`      ${Object.keys(programs).join('|')}) script=`);
});

test.each(['zsh', 'fish'] as const)(
  'the script of %s names the program and the scripts',
  (shell) => {
    const script = completionScript(shell, {
      complete: ['/path/to node', "/it's/main.ts", '__complete'],
      scripts: ['ops'],
    });

    expect(script).toContain("'/path/to node'");
    expect(script).toContain('__complete');
    expect(script).toMatch(shell === 'zsh' ? /'\/it'\\''s\/main\.ts'/ : /'\/it\\'s\/main\.ts'/);
    expect(script).toContain('motion-mavericks');
  },
);
