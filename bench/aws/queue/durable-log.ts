import { type FileHandle, open } from 'node:fs/promises';

/** A file that only grows. Whoever appends while it is being written to the disk shares the next write with the others. */
export class DurableLog {
  readonly #file: FileHandle;
  #lines: string[] = [];
  #next: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<DurableLog> {
    return new DurableLog(await open(path, 'a'));
  }

  /** Resolves once the line is on the disk. */
  append(line: string): Promise<void> {
    this.note(line);
    this.#next ??= this.#write();
    return this.#next;
  }

  /** For a line that nobody waits for: it gets there with the next that somebody does. */
  note(line: string): void {
    this.#lines.push(line);
  }

  async #write(): Promise<void> {
    const before = this.#writing;
    const writing = before.then(async () => {
      const lines = this.#lines;
      this.#lines = [];
      this.#next = undefined;
      await this.#file.write(`${lines.join('\n')}\n`);
      await this.#file.datasync();
    });
    this.#writing = writing;
    await writing;
  }
}
