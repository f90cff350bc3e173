import * as z from 'zod';
import { type Provider, providers } from '../../../../lambdas/catalog/providers.ts';
import type { OperationResult } from '../../operations-client.ts';
import { type Finding, ok, problem, skipped } from '../finding.ts';

/** Response of the command `endpoints show`. */
const reports = z.object({
  endpoints: z.array(
    z.object({
      provider: z.enum(providers),
      status: z.enum(['ok', 'faulty', 'unreadable']),
      address: z.string(),
      faults: z.array(z.string()),
      repair: z.string().optional(),
      error: z.string().optional(),
    }),
  ),
});

type Report = z.infer<typeof reports>['endpoints'][number];

/**
 * Reports for each provider what `endpoints show` found, so that both commands agree on each
 * fault.
 * @param result Response of the command
 */
export function checkEndpoints(result: OperationResult): readonly Finding[] {
  const { endpoints } = reports.parse(result);
  return providers.flatMap((provider) => {
    const report = endpoints.find((one) => one.provider === provider);
    const check = `webhook at ${provider}`;
    if (report === undefined)
      return [skipped(check, 'No API key: check it in the dashboard of the provider.')];
    return findingsOf(check, provider, report);
  });
}

function findingsOf(check: string, provider: Provider, report: Report): readonly Finding[] {
  const { status, address, faults, repair, error } = report;
  switch (status) {
    case 'ok':
      return [ok(check, `Sends events to ${address}.`)];
    case 'unreadable':
      return [
        problem(
          check,
          `Could not be read: ${error ?? 'no reason is given'}`,
          `Store a key of ${provider} that may read webhooks (docs/deploy.md, steps 4 and 5)`,
        ),
      ];
    case 'faulty':
      return faults.map((fault) =>
        problem(check, fault, repair ?? 'See docs/deploy.md, steps 4 and 7'),
      );
  }
}
