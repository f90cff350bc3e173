import { fork } from 'node:child_process';
import { join } from 'node:path';
import { providers } from '../../lambdas/catalog/providers.ts';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { ask } from '../child.ts';
import type { BenchSettings, Part } from '../report.ts';
import { Samples } from '../samples.ts';
import { report } from './findings.ts';
import { Starter } from './starter.ts';
import { bundleVariants, type Variant, variants } from './variants.ts';
import { SIZES, type VerificationTask, ways } from './ways.ts';

/** Over all rounds, of each variant. */
const STARTS = 15;

export const verifier: Part = {
  name: 'verifier',
  title: 'Verifier: from nothing to the first accepted delivery, and each after it',
  async run(settings) {
    const directory = makeTemporaryDirectory('verifier');
    try {
      settings.progress('bundling');
      const made = await bundleVariants(directory.path, providers);
      const samples = new Samples();
      const starter = await Starter.open(made.bundles, directory.path);
      try {
        await measureStarts(settings, starter, samples);
      } finally {
        starter.stop();
      }
      await measureVerification(settings, samples);
      return report(samples, made);
    } finally {
      directory.remove();
    }
  },
};

async function measureStarts(
  settings: BenchSettings,
  starter: Starter<Variant>,
  samples: Samples,
): Promise<void> {
  const { rounds, quick, progress } = settings;
  const starts = quick ? 1 : Math.ceil(STARTS / rounds);
  const warm = quick ? { warmUp: 50, counted: 50 } : { warmUp: 500, counted: 1_500 };
  progress('warming up');
  for (const variant of variants) await starter.start(variant, { warmUp: 0, counted: 0 });
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}: cold starts`);
    for (let start = 0; start < starts; start += 1) await startEach(starter, samples);
    progress(`round ${round} of ${rounds}: warm deliveries`);
    for (const variant of variants) {
      const { warmCpuMs, warmMs } = await starter.start(variant, warm);
      samples.add(`${variant} warm cpu`, warmCpuMs);
      samples.add(`${variant} warm`, warmMs);
    }
  }
}

async function startEach(starter: Starter<Variant>, samples: Samples): Promise<void> {
  for (const variant of variants) {
    const { importMs, acceptedMs, acceptedCpuMs, rssMb } = await starter.start(variant, {
      warmUp: 0,
      counted: 0,
    });
    samples.add(`${variant} import`, importMs);
    samples.add(`${variant} accepted`, acceptedMs);
    samples.add(`${variant} accepted cpu`, acceptedCpuMs);
    samples.add(`${variant} rss`, rssMb);
  }
}

async function measureVerification(
  { rounds, quick, progress }: BenchSettings,
  samples: Samples,
): Promise<void> {
  const child = fork(join(import.meta.dirname, 'verification.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    for (let round = 0; round <= rounds; round += 1) {
      progress(round === 0 ? 'warming up signatures' : `round ${round} of ${rounds}: signatures`);
      for (const bytes of SIZES)
        for (const way of ways) {
          const task: VerificationTask = { way, bytes, milliseconds: quick ? 50 : 400 };
          const micros = await ask<number>(child, task);
          if (round > 0) samples.add(`${way} ${bytes}`, micros);
        }
    }
  } finally {
    child.kill();
  }
}
