import { makeTemporaryDirectory } from '../../../local/temporary-directory.ts';
import { likeMost, likeOurs, makeBundle, openDeployed } from '../../bundles.ts';
import type { BenchSettings, Measured } from '../../report.ts';
import { Samples } from '../../samples.ts';
import { Starter } from '../../verifier/starter.ts';
import { entry, withCredentialsAtHand } from '../../verifier/variants.ts';
import { report } from './findings.ts';
import type { ProfiledStart } from './profiled.ts';

/** Of naive, both: one reads its secret and one has it at hand. */
const compared = ['ours', 'bare', 'naive', 'bare-sdk', 'naive-at-hand'] as const;

const STARTS = 3;
const cold = { warmUp: 0, counted: 0 };

interface Measuring {
  readonly plain: Starter<(typeof compared)[number]>;
  readonly profiled: Starter<never>;
}

export async function profileVerifier(settings: BenchSettings): Promise<Measured> {
  const directory = makeTemporaryDirectory('profile');
  const opened: { stop(): void }[] = [];
  try {
    settings.progress('bundling verifiers');
    const measuring = await open(directory.path, opened);
    const samples = new Samples();
    // The first round warms up what is not measured: the disk's cache, and the stand-ins.
    for (let round = 0; round <= settings.rounds; round += 1) {
      settings.progress(
        round === 0 ? 'warming up verifiers' : `round ${round} of ${settings.rounds}: verifier`,
      );
      await runRound(settings, measuring, round === 0 ? new Samples() : samples);
    }
    return report(samples);
  } finally {
    for (const one of opened) one.stop();
    directory.remove();
  }
}

/** @param opened Takes what is to be stopped, whatever happens. */
async function open(directory: string, opened: { stop(): void }[]): Promise<Measuring> {
  const ours = (await openDeployed())('providers/mux/verify.handler.ts');
  const bare = await makeBundle('bench/profile/verifier/bare.ts', directory, 'bare', likeOurs);
  const naive = await makeBundle(
    'bench/verifier/naive-reading-secret.ts',
    directory,
    'naive',
    likeMost,
  );
  const sdk = { ...likeOurs, plugins: [withCredentialsAtHand] };
  const others = {
    'bare-sdk': await makeBundle('bench/profile/verifier/bare-sdk.ts', directory, 'bare-sdk', sdk),
    'naive-at-hand': await makeBundle(
      'bench/verifier/naive.ts',
      directory,
      'naive-at-hand',
      likeMost,
    ),
  };
  // Not minified: places are found by the names of functions.
  const named = await makeBundle(entry, directory, 'named', { ...likeOurs, minify: false });
  const plain = await Starter.open<(typeof compared)[number]>(
    { ours, bare, naive, ...others },
    directory,
  );
  opened.push(plain);
  const withNames = { ours: { ...named, environment: ours.environment } };
  const profiled = await Starter.open<never>(
    withNames,
    directory,
    'bench/profile/verifier/profiled.ts',
  );
  opened.push(profiled);
  return { plain, profiled };
}

async function runRound(
  { quick }: BenchSettings,
  measuring: Measuring,
  samples: Samples,
): Promise<void> {
  const { plain, profiled } = measuring;
  for (let start = 0; start < (quick ? 1 : STARTS); start += 1) {
    addShares(samples, 'first', (await profiled.start<ProfiledStart>('ours', cold)).first);
    for (const variant of compared) {
      const { acceptedMs, acceptedCpuMs } = await plain.start(variant, cold);
      samples.add(`${variant} first`, acceptedMs);
      samples.add(`${variant} first cpu`, acceptedCpuMs);
    }
  }
  const warm = quick ? { warmUp: 50, counted: 50 } : { warmUp: 300, counted: 700 };
  addShares(samples, 'warm', (await profiled.start<ProfiledStart>('ours', warm)).warm);
  for (const variant of compared) {
    const { warmCpuMs } = await plain.start(variant, warm);
    samples.add(`${variant} warm cpu`, warmCpuMs * 1_000);
  }
}

function addShares(samples: Samples, of: string, shares: Readonly<Record<string, number>>): void {
  for (const [place, time] of Object.entries(shares)) samples.add(`${of}: ${place}`, time);
}
