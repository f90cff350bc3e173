import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { muxSecret } from '../../test/support/providers/mux.ts';
import { likeLambda } from '../aws/like-lambda.ts';
import { StandIn } from '../aws/stand-in.ts';
import { type Bundle, likeOurs, makeBundle } from '../bundles.ts';
import { makeDeliveries } from './deliveries.ts';
import type { Started, StartTask } from './start.ts';

export const BODY_BYTES = 1_800;

type Bundles<Variant extends string> = Readonly<Record<Variant | 'ours', Bundle>>;

/** Starts verifiers, each in a process of its own, and believes none that it has accepted anything. */
export class Starter<Variant extends string> {
  readonly #bundles: Bundles<Variant>;
  readonly #standIn: StandIn;
  readonly #program: string;
  readonly #taskFile: string;

  private constructor(
    bundles: Bundles<Variant>,
    standIn: StandIn,
    program: string,
    taskFile: string,
  ) {
    this.#bundles = bundles;
    this.#standIn = standIn;
    this.#program = program;
    this.#taskFile = taskFile;
  }

  /** @param source The program of each process, from the root of the project: it is told what StartTask says. */
  static async open<Variant extends string>(
    bundles: Bundles<Variant>,
    directory: string,
    source = 'bench/verifier/start.ts',
  ): Promise<Starter<Variant>> {
    const secretId = bundles.ours.environment['SIGNING_SECRET_ID'] ?? '';
    const standIn = await StandIn.open({ [secretId]: muxSecret });
    // Stripping the types of a source would take more memory than a verifier has.
    const program = await makeBundle(source, directory, basename(source, '.ts'), likeOurs);
    return new Starter(bundles, standIn, program.file, join(directory, 'task.json'));
  }

  /** @throws unless each delivery is in the queue, character for character, and nothing else is. */
  async start<Result = Started>(
    variant: Variant | 'ours',
    { warmUp, counted }: { warmUp: number; counted: number },
  ): Promise<Result> {
    const { file } = this.#bundles[variant];
    const deliveries = makeDeliveries(1 + warmUp + counted, BODY_BYTES);
    writeFileSync(this.#taskFile, JSON.stringify({ file, deliveries, warmUp } satisfies StartTask));
    const result = await this.#run(variant);
    const { messages } = await this.#standIn.take();
    const expected = variant === 'floor' ? [] : deliveries.map(({ body }) => body);
    const isRight =
      messages.length === expected.length &&
      messages.every((body, index) => body === expected[index]);
    if (!isRight)
      throw new Error(
        `Of ${expected.length} deliveries to ${variant}, the queue does not hold each.`,
      );
    return JSON.parse(result) as Result;
  }

  async #run(variant: string): Promise<string> {
    const child = spawn(process.execPath, [this.#program, this.#taskFile], {
      env: {
        ...likeLambda,
        MUX_WEBHOOK_SECRET: muxSecret,
        ...this.#bundles.ours.environment,
        ...this.#standIn.environment,
      },
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    child.stdout?.resume();
    const [result, code] = await Promise.all([
      text(child.stdio[3] as Readable),
      new Promise((resolve, reject) => child.once('error', reject).once('close', resolve)),
    ]);
    if (code !== 0) throw new Error(`${variant} ended with ${code}; what it said is above.`);
    return result;
  }

  stop(): void {
    this.#standIn.stop();
  }
}
