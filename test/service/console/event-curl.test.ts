import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { curlOf } from '../../../console/page/events/event-curl.ts';
import { providers, webhookPath } from '../../../lambdas/catalog/providers.ts';
import { registry } from '../../../lambdas/providers/registry.ts';

/** Prints the arguments of `curl` instead of sending them, one per line end with a null byte. */
const CAPTURE = `curl() { printf '%s\\0' "$@"; }`;

const valuesAfter = (words: readonly string[], option: string) =>
  words.flatMap((word, index) => (words[index - 1] === option ? [word] : []));

test.each(providers)(
  'the copied command of %s posts a delivery that its verifier accepts',
  (name) => {
    const { signature } = registry[name];
    const secret = signature.formatSecret(Buffer.alloc(32, 7));
    const body = { type: 'a.type', id: 'e1', data: { title: `It's "$HOME" \`x\` \\n é 🎬` } };
    const context = {
      target: { kind: 'stage', url: 'https://api.example.org', stage: 'prod' },
      providers: providers.map((provider) => ({
        name: provider,
        path: webhookPath(provider),
        shell: registry[provider].signature.shell ?? { lines: [], headers: [] },
      })),
    } as const;
    const script = curlOf({ provider: name, event: 'e1' }, body, context);

    const printed = execFileSync('bash', ['-c', `${CAPTURE}\n${script}`], {
      encoding: 'utf8',
      env: { ...process.env, [`${name.toUpperCase()}_WEBHOOK_SECRET`]: secret },
    });

    const words = printed.split('\0').slice(0, -1);
    const headers = Object.fromEntries(
      valuesAfter(words, '--header').map((line) => line.split(/: (.*)/).slice(0, 2)),
    );
    const [sent = ''] = valuesAfter(words, '--data-raw');
    expect(words).toContain(`https://api.example.org${webhookPath(name)}`);
    expect(JSON.parse(sent)).toEqual(body);
    const secrets = [{ version: 'AWSCURRENT', value: secret }] as const;
    const delivery = { headers, body: Buffer.from(sent), receivedAt: new Date(), trace: 't' };
    expect(signature.verify(delivery, secrets)).toMatchObject({ genuine: true });
  },
);
