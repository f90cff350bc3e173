import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';

const known = {
  address: 'mia@members.example',
  reason: 'permanent-bounces',
  lastAnswer: '550 no such mailbox',
};

async function rendered(params: object) {
  const rendering = await renderMail(
    'address.suppressed',
    { ...known, ...params },
    'https://portal.example',
  );
  if (rendering.outcome !== 'rendered') throw new Error(rendering.fault);
  return rendering.mail;
}

/** Returns the arguments that a shell parses from the command in the mail. */
async function argumentsInMail(address: string): Promise<readonly string[]> {
  const { text } = await rendered({ address });
  const command = text.split('\n').find((line) => line.startsWith('npm run ops')) ?? '';
  const script = `npm() { printf '%s\\0' "$@"; }; ${command}`;
  return execFileSync('bash', ['-c', script]).toString().split('\0').slice(0, -1);
}

describe('the mail to support about a suppressed address', () => {
  test.each([
    ['complaint', 'marked an email from the portal as spam'],
    ['permanent-bounces', 'bounced permanently'],
    ['transient-bounces', 'keep bouncing'],
  ])(
    'for %s names the address, the reason and the command that lifts it',
    async (reason, words) => {
      const { subject, html, text } = await rendered({ reason });
      expect(subject).toBe('Emails to mia@members.example have stopped');
      for (const body of [html, text]) {
        expect(body).toContain(words);
        expect(body).toContain('550 no such mailbox');
        expect(body).toContain('npm run ops -- suppressions lift mia@members.example --reason');
      }
      expect(html).toContain('href="https://portal.example/admin/suppressions?address=mia%40');
      expect(html).not.toMatch(/<img|undefined|null/);
    },
  );

  test('names the stage in the command if the notification has it', async () => {
    expect((await rendered({ stage: 'prod' })).text).toContain("works again' --stage prod");
    expect((await rendered({})).text).not.toContain('--stage');
  });

  test('omits the text of a bounce without a text', async () => {
    const { text } = await rendered({ lastAnswer: null });
    expect(text).not.toMatch(/last bounce|null|undefined/);
  });

  test.each([
    `o'neil@members.example`,
    `a;touch /tmp/x@b.example`,
    '$(id)@b.example',
    '`id`"@b.example',
    '-rf@b.example',
  ])('quotes %s as one word of its command', async (address) => {
    expect(await argumentsInMail(address)).toEqual([
      'run',
      'ops',
      '--',
      'suppressions',
      'lift',
      address,
      '--reason',
      'The mailbox works again',
    ]);
  });

  test('escapes the address and the text of the bounce', async () => {
    const plain = await rendered({});
    const evil = await rendered({
      address: '<b>@x.example',
      lastAnswer: '</td><script>alert(1)</script>\r\nBcc: a@b.example',
    });
    expect(evil.html.match(/<[a-z/!][^>]*>/gi)?.length).toBe(
      plain.html.match(/<[a-z/!][^>]*>/gi)?.length,
    );
    expect(evil.subject).not.toMatch(/[\r\n]/);
  });
});
