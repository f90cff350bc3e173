/** A file that does not exist yet. Paths are relative to the root of the repository. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** A change of an existing file: `insertion` appears before or after the only match of `anchor`. */
export interface FileEdit {
  readonly path: string;
  readonly anchor: RegExp;
  readonly place: 'before' | 'after';
  readonly insertion: string;
}

/** Everything that a new part needs, decided before anything is written. */
export interface Plan {
  /** The new part, e.g. `the job archive-drafts`. */
  readonly subject: string;
  readonly files: readonly NewFile[];
  readonly edits: readonly FileEdit[];
  /** Commands that write derived files, and the files that they change. */
  readonly generated: readonly string[];
  /** Tests that fail until the part is complete, with the project that runs them. */
  readonly tests: { readonly project: string; readonly paths: readonly string[] };
  /** Steps of the author, in order. */
  readonly nextSteps: readonly string[];
}
