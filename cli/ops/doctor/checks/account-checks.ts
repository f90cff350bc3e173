import { type Finding, ok, problem } from '../finding.ts';
import type { DoctorSettings } from '../stage-plan.ts';

/** Compares the account of the credentials with the one that cdk.json names. */
export function checkAccount(account: string, stage: string, settings: DoctorSettings): Finding {
  if (settings.account !== undefined && settings.account !== account)
    return problem(
      'account',
      `The account of the credentials is ${account}; cdk.json says ${settings.account} ` +
        `for ${stage}.`,
      'Sign in to the right account: export AWS_PROFILE=<profile>',
    );
  const note = settings.account === undefined ? ' cdk.json names no account.' : '';
  return ok('account', `The account is ${account}, the region ${settings.region}.${note}`);
}

/** Oldest version of the bootstrap stack with which the CLI can deploy this app. */
const BOOTSTRAP_VERSION = 6;

/** @param version Version of the bootstrap stack; undefined if the stack does not exist. */
export function checkBootstrap(
  version: number | undefined,
  account: string,
  region: string,
): Finding {
  const fix = `npx cdk bootstrap aws://${account}/${region}`;
  if (version === undefined) return problem('bootstrap', `${region} has no stack CDKToolkit.`, fix);
  return version >= BOOTSTRAP_VERSION
    ? ok('bootstrap', `CDKToolkit has version ${version}.`)
    : problem(
        'bootstrap',
        `CDKToolkit has version ${version}; needed is ${BOOTSTRAP_VERSION}.`,
        fix,
      );
}

/** Executions that verifiers, jobs and the APIs need beside the consumers of the queues. */
const OTHER_EXECUTIONS = 40;

/**
 * Compares the concurrency quota with what the stage may use. New accounts often have 10, and
 * pollers of the queues then throttle the verifiers.
 */
export function checkConcurrency(
  quota: number,
  unreserved: number,
  providers: number,
  { processor, mail }: Pick<DoctorSettings, 'processor' | 'mail'>,
): Finding {
  const consumers = providers * processor.maxConcurrency + mail.maxConcurrency;
  const needed = consumers + OTHER_EXECUTIONS;
  if (unreserved >= needed)
    return ok('concurrency', `Lambda runs ${quota} functions at once; the stage needs ${needed}.`);
  const least = 2 * (providers + 1);
  return problem(
    'concurrency',
    `Lambda runs ${unreserved} functions at once; the stage needs ${needed} ` +
      `(${consumers} consumers of queues and ${OTHER_EXECUTIONS} others).` +
      (unreserved > least
        ? ` Until the quota is higher, set processor.maxConcurrency and mail.maxConcurrency to 2.`
        : ''),
    'aws service-quotas request-service-quota-increase --service-code lambda ' +
      `--quota-code L-B99A9384 --desired-value ${Math.max(1_000, needed)}`,
  );
}

/** Reports settings that still hold reserved addresses, as the rule of the template does. */
export function checkPlaceholders(assertions: readonly string[]): Finding {
  const listed = assertions.map((text) => text.replace(/^.*?step 0\): /, ''));
  return listed.length === 0
    ? ok('placeholders', 'No setting holds a reserved address.')
    : problem(
        'placeholders',
        `Settings in cdk.json hold reserved addresses: ${listed.join('; ')}.`,
        'Replace them in cdk.json (docs/deploy.md, step 0)',
      );
}
