import { muxSecret } from '../../test/support/providers/mux.ts';
import { type Certificate, makeCertificate } from '../aws/certificate.ts';
import { likeLambda } from '../aws/like-lambda.ts';
import { StandIn } from '../aws/stand-in.ts';
import { type Bundle, likeOurs, makeBundle, openDeployed } from '../bundles.ts';
import type { BenchDatabase } from '../database.ts';
import { playbackKey } from '../processor/ours.ts';
import { type VariantName, variants } from './variants.ts';

type Environment = Readonly<Record<string, string>>;

/** What every topology is made from: programs, and what AWS has for all functions together. */
export interface Workshop {
  readonly database: BenchDatabase;
  readonly certificate: Certificate;
  /** The bus and the secrets. */
  readonly standIn: StandIn;
  /** Files, by what they are. */
  readonly programs: Readonly<Record<'process' | 'generator' | 'queue', string>>;
  readonly pipelines: ReadonlyMap<VariantName, string>;
  /** Of the functions of ours and of naive, those of AWS. */
  environmentOf(variant: VariantName): Readonly<Record<'receiver' | 'worker', Environment>>;
  close(): void;
}

export async function openWorkshop(database: BenchDatabase, directory: string): Promise<Workshop> {
  const make = async (source: string, name: string) =>
    (await makeBundle(source, directory, name, likeOurs)).file;
  const program = (source: string, name: string) => make(`bench/${source}`, name);
  const programs = {
    process: await program('pipeline/process.ts', 'process'),
    generator: await program('pipeline/generator.ts', 'generator'),
    queue: await program('aws/queue/queue-process.ts', 'queue'),
  };
  const pipelines = new Map<VariantName, string>();
  for (const [name, { source }] of variants)
    pipelines.set(name, await program(`pipeline/variants/${source}`, source.replace('.ts', '')));
  const functions = await bundleFunctions(directory);
  const certificate = makeCertificate();
  const standIn = await StandIn.open(secretsOf(functions.ours, database), certificate);
  const surroundings = { DATABASE_URL: database.url, MUX_WEBHOOK_SECRET: muxSecret };
  return {
    ...{ database, certificate, standIn, programs, pipelines },
    environmentOf(variant) {
      if (variant !== 'ours' && variant !== 'naive')
        return { receiver: surroundings, worker: surroundings };
      const { verifier, processor } = functions[variant];
      const aws = {
        ...likeLambda,
        ...standIn.environment,
        ...surroundings,
        EVENT_BUS_NAME: 'bench',
        EVENT_BUS_CALL_BYTES: '1048576',
      };
      return {
        receiver: { ...aws, ...verifier.environment, VERIFIER_FILE: verifier.file },
        worker: { ...aws, ...processor.environment, PROCESSOR_FILE: processor.file },
      };
    },
    close: () => standIn.stop(),
  };
}

interface Functions {
  readonly verifier: Bundle;
  readonly processor: Bundle;
}

/** Naive is bundled as ours is, which makes it faster. */
async function bundleFunctions(
  directory: string,
): Promise<Readonly<Record<'ours' | 'naive', Functions>>> {
  const find = await openDeployed();
  return {
    ours: {
      verifier: find('providers/mux/verify.handler.ts'),
      processor: find('providers/mux/process.handler.ts'),
    },
    naive: {
      verifier: await makeBundle('bench/verifier/naive.ts', directory, 'naive-verifier', likeOurs),
      processor: await makeBundle('bench/memory/naive.ts', directory, 'naive-processor', likeOurs),
    },
  };
}

function secretsOf({ verifier, processor }: Functions, { url }: BenchDatabase): Environment {
  const { SIGNING_SECRET_ID = '' } = verifier.environment;
  const { DATABASE_SECRET_ID = '', PLAYBACK_SIGNING_KEY_SECRET_ID = '' } = processor.environment;
  return {
    [SIGNING_SECRET_ID]: muxSecret,
    [DATABASE_SECRET_ID]: url,
    [PLAYBACK_SIGNING_KEY_SECRET_ID]: JSON.stringify(playbackKey),
  };
}
