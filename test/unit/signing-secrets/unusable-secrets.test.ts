import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { openRotatedSecret } from '../../../lambdas/platform/aws/secret-versions.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import { signingSecretFaultOf } from '../../../lambdas/providers/signing-secret-fault.ts';
import { answers, useAwsService } from '../../support/aws/aws-service.ts';
import { useStdout } from '../../support/stdout.ts';
import { anyCharacter } from '../../support/texts/any-character.ts';

useStdout();
const service = useAwsService({ keepsPort: true });

const delivery = { body: '{}', headers: {}, receivedAt: new Date(0), trace: 'trace' };

/** Secrets as a provider issues them, then damaged at one place, and texts of any kind. */
const values = fc.oneof(
  fc.constantFrom(...providers).chain((provider) =>
    fc
      .tuple(
        fc.uint8Array({ minLength: 16, maxLength: 70 }),
        fc.nat(100),
        fc.nat(3),
        fc.constantFrom('', ' ', '\n', '"', '=', '-', 'ż', 'whsec_', 'A', '{'),
      )
      .map(([bytes, at, cut, mistake]) => {
        const text = registry[provider].signature.formatSecret(Buffer.from(bytes));
        return text.slice(0, at) + mistake + text.slice(at + cut);
      }),
  ),
  fc.string({ unit: anyCharacter, maxLength: 80 }),
  fc.string({ minLength: 20, maxLength: 40 }),
);

const operations = ['store', 'make current'] as const;

describe.each(providers)('a signing secret of %s', (provider) => {
  test.each(operations)(
    'is never one that the verifier rejects, whatever is to %s',
    async (operation) => {
      service.behaves(answers(200, {}));
      const faultOf = signingSecretFaultOf(provider);
      let stored = 0;
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          const before = service.requests.length;
          const secret = openRotatedSecret('stage/secret', async () => value.trim(), faultOf);
          const change =
            operation === 'store' ? secret.store(value, 'v2') : secret.makeCurrent('v1', 'v2');
          const error: unknown = await change.then(
            () => undefined,
            (reason) => reason,
          );
          const { verify } = registry[provider].signature;
          // Secrets Manager is read without blanks around the text.
          const use = () =>
            verify(delivery, [{ version: 'AWSCURRENT', value: value.trim() }]).genuine;
          if (error === undefined) {
            stored += 1;
            expect(service.requests.length).toBe(before + 1);
            expect(use()).toBe(false);
          } else {
            expect(error).toMatchObject({ name: 'UnusableSecretError' });
            if (value.trim().length > 8) expect(String(error)).not.toContain(value.trim());
            expect(service.requests.length).toBe(before);
            expect(use).toThrow('The signing secret is not');
          }
        }),
      );
      expect(stored).toBeGreaterThan(0);
    },
  );
});
