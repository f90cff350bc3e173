import type {
  ConsoleCommand,
  ConsoleTarget,
  FigureRange,
  Figures,
  SandboxMailContent,
  SandboxMailLine,
} from '../console-api.ts';

export interface CommandResponse {
  readonly statusCode: number;
  readonly body: object;
}

export interface SandboxMails {
  list(): readonly SandboxMailLine[];
  find(id: string): SandboxMailContent | undefined;
  /** HTML of the mail, which nobody has cleaned. */
  html(id: string): string | undefined;
}

/** The deployment that a console shows: this machine's, or a stage. */
export interface ConsoleBackend {
  readonly target: ConsoleTarget;
  /** Runs an operator command in the operations function, as the operator. */
  readonly runCommand: (command: ConsoleCommand, given: object) => Promise<CommandResponse>;
  readonly readFigures: (range: FigureRange, now: Date) => Promise<Figures>;
  /** Undefined if mails leave this machine. */
  readonly mails?: SandboxMails | undefined;
  readonly refreshMs: number;
}
