import { fork } from 'node:child_process';
import { join } from 'node:path';
import { ask } from '../../child.ts';
import type { Samples } from '../../samples.ts';
import { SIZES, type VerificationTask } from '../../verifier/ways.ts';

export const verifications = ['raw', 'ours resend', 'standardwebhooks'] as const;

export interface Verification {
  /** Adds the microseconds of one verification, in each of the ways. */
  measure(samples: Samples, milliseconds: number): Promise<void>;
  stop(): void;
}

export function openVerification(): Verification {
  const program = join(import.meta.dirname, '../../verifier/verification.ts');
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    async measure(samples, milliseconds) {
      for (const way of verifications) {
        const task: VerificationTask = { way, bytes: SIZES[0], milliseconds };
        samples.add(`verification ${way}`, await ask<number>(child, task));
      }
    },
    stop: () => void child.kill(),
  };
}
