import { type Finding, ok, problem } from '../finding.ts';

/** A deployed stack. */
export interface StackState {
  readonly name: string;
  readonly status: string;
  readonly isProtected: boolean;
  readonly exports: readonly string[];
}

const unprotect = (name: string) =>
  'aws cloudformation update-termination-protection --no-enable-termination-protection ' +
  `--stack-name ${name}`;

/**
 * Checks that CloudFormation can deploy the stack.
 * @param state Undefined if the stack does not exist.
 */
export function checkStackBeforeDeploy(
  name: string,
  state: StackState | undefined,
  stage: string,
): Finding {
  const check = `stack ${name}`;
  if (state === undefined)
    return ok(check, 'Does not exist: deploy with --context first-deploy=yes.');
  const { status, isProtected } = state;
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED')
    return isProtected
      ? problem(check, `${status} and protected: the CLI cannot delete it.`, unprotect(name))
      : ok(check, `${status}: the next deploy deletes and creates it again.`);
  if (status === 'UPDATE_ROLLBACK_FAILED')
    return problem(check, status, `npx cdk rollback ${name} --context stage=${stage}`);
  if (status.endsWith('_IN_PROGRESS'))
    return problem(
      check,
      `${status}: another deploy runs.`,
      `aws cloudformation wait stack-update-complete --stack-name ${name}`,
    );
  return ok(check, `${status}: deploy without --context first-deploy=yes.`);
}

/** Checks that the last deploy of the stack succeeded, and that the stack is protected. */
export function checkDeployedStack(
  name: string,
  state: StackState | undefined,
  stage: string,
  terminationProtection: boolean,
): Finding {
  const check = `stack ${name}`;
  const deploy = `npx cdk deploy --all --context stage=${stage}`;
  if (state === undefined) return problem(check, 'Does not exist.', deploy);
  if (!/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(state.status))
    return problem(
      check,
      `${state.status}: the last deploy failed.`,
      'See docs/runbook.md, "How to recover from a failed deploy"',
    );
  if (terminationProtection && !state.isProtected)
    return problem(check, 'Not protected against deletion, although cdk.json says so.', deploy);
  return ok(check, state.status);
}

/** An export of the data stack that the new version no longer has. */
export interface RemovedExport {
  readonly name: string;
  /** Stacks that use it. */
  readonly importedBy: readonly string[];
}

/**
 * Reports exports that CloudFormation would refuse to remove: the stack of their consumers must be
 * deployed first.
 */
export function checkExports(removed: readonly RemovedExport[], stage: string): Finding {
  const used = removed.filter(({ importedBy }) => importedBy.length > 0);
  if (used.length === 0) return ok('exports', 'No export in use is removed.');
  const consumers = [...new Set(used.flatMap(({ importedBy }) => importedBy))];
  return problem(
    'exports',
    `The data stack no longer has ${used.length} exports that ${consumers.join(', ')} uses.`,
    `npx cdk deploy --exclusively ${consumers.join(' ')} --context stage=${stage}`,
  );
}
