import { statSync } from 'node:fs';
import { providers } from '../../lambdas/catalog/providers.ts';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { anHttpApiEvent } from '../../test/support/http-api.ts';
import { muxSignature } from '../../test/support/providers/mux.ts';
import { makeBundle, openDeployed } from '../bundles.ts';
import { Child } from '../child.ts';
import { defaultLoad, makeRecords } from '../load.ts';
import { type BenchOptions, type Finding, type Part, Samples } from '../report.ts';
import type { FunctionVariant } from '../rig.ts';
import { StandIn } from '../stand-in.ts';
import { measureCheck, signatureChecks } from './signatures.ts';
import type { StartResult, StartTask } from './start.ts';

interface Bench {
  readonly files: Readonly<Record<FunctionVariant, string>>;
  /** Bundled program that starts a verifier: stripping types would add to its memory. */
  readonly program: string;
  readonly standIn: StandIn;
}

export const verifier: Part = {
  name: 'verifier',
  title: 'Verifier: cold start, warm deliveries and signatures',
  async run(options) {
    const { path, remove } = makeTemporaryDirectory('verifier');
    options.progress('bundling');
    const find = await openDeployed();
    const ours = find('providers/mux/verify.handler.ts');
    const files = {
      ours: ours.file,
      naive: await makeBundle('verifier/naive.ts', path, { format: 'cjs' }),
    };
    const program = await makeBundle('verifier/start.ts', path);
    const samples = new Samples();
    await measureStarts({ files, program, standIn: await StandIn.open(path) }, options, samples);
    await measureSignatures(options, samples);
    const sizes = providers.map((provider): Finding => {
      const { size } = statSync(find(`providers/${provider}/verify.handler.ts`).file);
      const what = `bundle of ${provider}'s verifier`;
      return { what, unit: 'KB', values: [size / 1024], target: [2, '≤', 60] };
    });
    remove();
    return [...sizes, ...findingsOf(samples)];
  },
};

async function measureStarts(
  bench: Bench,
  { rounds, quick, progress }: BenchOptions,
  samples: Samples,
): Promise<void> {
  const cold = Array.from({ length: quick ? 1 : 3 }, () => 0);
  for (let round = 0; round <= rounds; round += 1) {
    progress(`starts, round ${round} of ${rounds}`);
    for (const warm of [...cold, quick ? 50 : 2_000])
      for (const variant of ['ours', 'naive'] as const) {
        const result = await startOnce(bench, variant, warm);
        for (const [what, value] of Object.entries(result))
          if (round > 0 && Number.isFinite(value)) samples.add(`${variant} ${what}`, value);
      }
  }
}

/** Runs a fresh process. @throws unless the queue holds every delivery, character for character. */
async function startOnce(
  { files, program, standIn }: Bench,
  variant: FunctionVariant,
  warm: number,
): Promise<StartResult> {
  const bodies = makeBodies(1 + warm);
  const trace = { 'x-amzn-trace-id': 'Root=1-6922d0d3-1f2e3d4c5b6a798001122334' };
  const deliveries = bodies.map((body) =>
    anHttpApiEvent({ body, headers: { 'mux-signature': muxSignature(body), ...trace } }),
  );
  const child = new Child([program], standIn.environment);
  const task: StartTask = { file: files[variant], deliveries };
  const result = await child.ask<StartResult>(task);
  child.stop();
  if (standIn.clear().join() !== bodies.join())
    throw new Error(`The queue does not hold every delivery to ${variant}.`);
  return result;
}

function makeBodies(deliveries: number): readonly string[] {
  const types = ['video.asset.ready'];
  const load = { ...defaultLoad, seed: 'verifier', deliveries, types, duplicates: 0 };
  return makeRecords(load).map(({ body }) => body);
}

async function measureSignatures(
  { rounds, quick, progress }: BenchOptions,
  samples: Samples,
): Promise<void> {
  const [body = ''] = makeBodies(1);
  for (let round = 0; round <= rounds; round += 1) {
    progress(`signatures, round ${round} of ${rounds}`);
    for (const [name, check] of Object.entries(signatureChecks(body))) {
      const microseconds = await measureCheck(check, quick ? 50 : 400);
      if (round > 0) samples.add(name, microseconds);
    }
  }
}

function findingsOf(samples: Samples): readonly Finding[] {
  const naive = (name: string, what: string, row: number, bound: number) =>
    samples.ratio(`ours ${name}`, `naive ${name}`, `${what} against naive`, [row, '≤', bound]);
  const signature = (ours: string, other: string, bound: number) => {
    const what = `CPU of verifying 1.8 KB, ${ours}, against ${other}`;
    return samples.ratio(ours, other, what, [3, '≤', bound]);
  };
  return [
    naive('acceptedMs', 'import and first accepted delivery', 1, 0.3),
    naive('acceptedCpuMs', 'CPU of import and first accepted delivery', 1, 0.3),
    signature('mux scheme', 'createHmac', 2),
    signature('mux scheme', '@mux/mux-node', 0.12),
    signature('resend scheme', 'createHmac', 2),
    signature('resend scheme', 'standardwebhooks', 0.25),
    naive('warmCpuMs', 'CPU of a warm delivery', 4, 0.35),
    naive('rssMb', 'memory after the first delivery', 11, 0.8),
    ...['ours', 'naive'].flatMap((name) => [
      samples.figure(`${name} acceptedMs`, `import and first delivery: ${name}`, 'ms'),
      samples.figure(`${name} warmCpuMs`, `CPU of a warm delivery: ${name}`, 'ms'),
    ]),
  ];
}
