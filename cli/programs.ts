import type { Program } from './command-line/command.ts';

interface ProgramEntry {
  /** Words that start the program, as they are typed in this checkout. */
  readonly typed: string;
  readonly summary: string;
  /** Loads the program: the operators' ones work without the dependencies of the others. */
  readonly load: () => Promise<{
    readonly makeProgram: (name: string, version: string) => Program;
  }>;
}

/** Programs of the command line, by the script of package.json that starts them. */
export const programs = {
  start: {
    typed: 'npm start --',
    summary: 'Run the system on this machine',
    load: () => import('./start/start-program.ts'),
  },
  send: {
    typed: 'npm run send --',
    summary: 'Post a signed event to the running instance',
    load: () => import('./send/send-program.ts'),
  },
  demo: {
    typed: 'npm run demo --',
    summary: 'Demonstrate the main cases and check their effects',
    load: () => import('./demo/demo-program.ts'),
  },
  smoke: {
    typed: 'npm run smoke --',
    summary: 'Test a deployment with synthetic events',
    load: () => import('./smoke/smoke-program.ts'),
  },
  soak: {
    typed: 'npm run soak --',
    summary: 'Prove under faults that no event is lost or doubled',
    load: () => import('./soak/soak-program.ts'),
  },
  mails: {
    typed: 'npm run mails --',
    summary: 'Write a preview of every mail',
    load: () => import('./mails/mails-program.ts'),
  },
  pictures: {
    typed: 'npm run pictures --',
    summary: 'Write pictures of the console',
    load: () => import('./pictures/pictures-program.ts'),
  },
  new: {
    typed: 'npm run new --',
    summary: 'Add a provider, job, mail, command or metric',
    load: () => import('./new/new-program.ts'),
  },
  ops: {
    typed: 'npm run ops --',
    summary: 'Run commands of operators',
    load: () => import('./ops/ops-program.ts'),
  },
} as const satisfies Readonly<Record<string, ProgramEntry>>;

export type ProgramName = keyof typeof programs;

export const isProgramName = (word: string | undefined): word is ProgramName =>
  word !== undefined && Object.hasOwn(programs, word);
