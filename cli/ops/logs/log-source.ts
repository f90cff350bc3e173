/** One line of a function's log. */
export interface LogLine {
  /** Undefined if the log does not hold the time of the line. */
  readonly at: Date | undefined;
  readonly text: string;
}

/** Logs of the functions of one deployment. */
export interface LogSource {
  /** Names of the functions, in kebab case. */
  functions(): Promise<readonly string[]>;
  /** Reads the lines since a time, oldest first. */
  read(functionName: string, since: Date): Promise<readonly LogLine[]>;
  /** Reads lines that have arrived since the last call of `read` or `readNew`. */
  readNew(): Promise<readonly LogLine[]>;
}

/** `MuxProcessor` is typed `mux-processor`. */
export const typedName = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
