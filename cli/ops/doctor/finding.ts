import { UserError } from '../../../local/user-error.ts';

/** Result of one check. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'problem' | 'skipped';
  /** States in one sentence what the check found. */
  readonly detail: string;
  /** Command or action that repairs it, on one line. */
  readonly fix?: string;
}

export const ok = (check: string, detail: string): Finding => ({ check, status: 'ok', detail });

export const problem = (check: string, detail: string, fix: string): Finding => ({
  check,
  status: 'problem',
  detail,
  fix,
});

/** States why a check did not run. It does not fail the command. */
export const skipped = (check: string, detail: string): Finding => ({
  check,
  status: 'skipped',
  detail,
});

/** Reads facts and evaluates them. A failed read is a problem of its check, not of the others. */
export async function attempt(
  check: string,
  evaluate: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return [await evaluate()].flat();
  } catch (error) {
    const reason = reasonOf(error);
    return [
      problem(
        check,
        `Could not be checked: ${reason}`,
        'Check the credentials, their permissions and the network, then run the command again',
      ),
    ];
  }
}

/** Returns the cause of a failed fetch, whose own message says nothing. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message: text } = error.cause instanceof Error ? error.cause : error;
  const [message = ''] = text.split('\n');
  return name === 'Error' || error instanceof UserError ? message : `${name}: ${message}`;
}
