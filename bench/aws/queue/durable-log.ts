import { type FileHandle, open } from 'node:fs/promises';

/** A file that is full of zeros takes a write in half the time of one that has to grow: Postgres keeps its WAL so, too. */
const RESERVE = Buffer.alloc(32 * 1024 * 1024);

/** Whoever appends while the log is being written to the disk shares the next write with the others. */
export class DurableLog {
  readonly #file: FileHandle;
  #end = 0;
  #reserved = 0;
  #lines: string[] = [];
  #next: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<DurableLog> {
    const log = new DurableLog(await open(path, 'w'));
    await log.#reserve();
    await log.#file.datasync();
    return log;
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

  /** Begins anew in the same file. */
  async clear(): Promise<void> {
    await this.#writing;
    this.#lines = [];
    this.#end = 0;
  }

  async #write(): Promise<void> {
    const writing = this.#writing.then(async () => {
      const text = Buffer.from(`${this.#lines.join('\n')}\n`);
      this.#lines = [];
      this.#next = undefined;
      while (this.#end + text.length > this.#reserved) await this.#reserve();
      await this.#file.write(text, 0, text.length, this.#end);
      this.#end += text.length;
      await this.#file.datasync();
    });
    this.#writing = writing;
    await writing;
  }

  async #reserve(): Promise<void> {
    await this.#file.write(RESERVE, 0, RESERVE.length, this.#reserved);
    this.#reserved += RESERVE.length;
  }
}
