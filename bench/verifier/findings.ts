import type { Finding, Limit, Measured } from '../report.ts';
import { finding, type Samples } from '../samples.ts';
import { described, type Variant, type VariantBundles, variants } from './variants.ts';
import { SIZES, type Way, ways } from './ways.ts';

/** Of what others take. */
export const allowed = { start: 0.25, warmWithSdk: 0.6 } as const;

type Target = Limit & { readonly row: number };

const memory: Target = { row: 11, atMost: 0.8 };

export function report(samples: Samples, made: VariantBundles): Measured {
  return {
    findings: [
      ...startFindings(samples),
      ...sizeFindings(made),
      ...signatureFindings(samples),
      ...figures(samples),
    ],
    notes: [
      'A start is a fresh process: what is measured is loading the bundle and handling one signed delivery of 1.8 KB until the queue has it, over TLS 1.3 to a stand-in in another process; what Node itself takes before is not in it.',
      'Ours reads its signing secret from Secrets Manager before its first delivery, over a connection of its own, and so does naive. Those with their secrets at hand find them in the environment, where nobody can rotate them.',
      'Naive is @mux/mux-node, @aws-sdk/client-sqs, and of Powertools the parameters (with @aws-sdk/client-secrets-manager), the logger, the metrics and the tracer, which is told not to record, bundled as CommonJS and minified.',
      'The variant with @aws-sdk/client-sqs has its secret and its credentials from its environment, as every function has: the chain of places where the SDK looks for them is left out of its bundle.',
      'standardwebhooks is what svix and resend verify with. resend also parses the body, which the others are not asked to.',
      'Each accepted delivery was found in the queue, character for character.',
    ],
  };
}

function startFindings(samples: Samples): readonly Finding[] {
  const each = (suffix: string, what: string, row: number, ours: number, sdk: number) => {
    const ratio = (one: Variant, other: Variant, text: string, atMost?: number) =>
      samples.ratio(`${one} ${suffix}`, `${other} ${suffix}`, `${what}${text}`, {
        row,
        ...(atMost === undefined ? {} : { atMost }),
      });
    return [
      ratio('ours', 'naive', ' against naive', ours),
      ratio('at-hand', 'naive-at-hand', ' against naive, both with their secrets at hand', ours),
      ratio(
        'sdk',
        'naive-at-hand',
        ' with @aws-sdk/client-sqs against naive, both with their secrets at hand',
        sdk,
      ),
      ratio(
        'at-hand',
        'naive-esm',
        ' against naive bundled as ours is, both with their secrets at hand',
      ),
      ratio('ours', 'naive-at-hand', ' against naive, which alone has its secret at hand'),
      ratio('at-hand', 'sdk', ', our own sender against @aws-sdk/client-sqs'),
    ];
  };
  return [
    ...each('accepted', 'import and first accepted delivery', 1, allowed.start, 0.6),
    ...each('accepted cpu', 'CPU of import and first accepted delivery', 1, allowed.start, 0.6),
    ...each('warm cpu', 'CPU of a warm accept', 4, 0.35, allowed.warmWithSdk),
    samples.ratio(
      'ours rss',
      'naive rss',
      'memory of the verifier after its first delivery against naive',
      memory,
    ),
    samples.ratio(
      'at-hand rss',
      'naive-at-hand rss',
      'the same, both with their secrets at hand',
      memory,
    ),
  ];
}

const KILOBYTE = 1024;

function sizeFindings({ bundles, deployed }: VariantBundles): readonly Finding[] {
  const size = (what: string, bytes: number, target?: Target) =>
    finding(what, 'KB', [bytes / KILOBYTE], target);
  return [
    ...[...deployed].map(([provider, { bytes }]) =>
      size(`bundle of the verifier of ${provider}`, bytes, { row: 2, atMost: 60 }),
    ),
    size('bundle with @aws-sdk/client-sqs', bundles.sdk.bytes, { row: 2, atMost: 320 }),
    size('bundle of naive', bundles.naive.bytes),
    size('bundle of naive with its secret at hand', bundles['naive-at-hand'].bytes),
    size('bundle of that, bundled as ours is', bundles['naive-esm'].bytes),
  ];
}

/** Targets are for bodies of 1.8 KB, as most of Mux's are. */
function signatureFindings(samples: Samples): readonly Finding[] {
  const against = (ours: Way, rival: Way, atMost: number) =>
    SIZES.map((bytes) =>
      samples.ratio(
        `${ours} ${bytes}`,
        `${rival} ${bytes}`,
        `CPU of verifying ${bytes / 1000} KB, ${ours.replace('ours ', '')}'s scheme, against ${rivals[rival]}`,
        { row: 3, ...(bytes === SIZES[0] ? { atMost } : {}) },
      ),
    );
  return [
    ...against('ours mux', 'raw', 2),
    ...against('ours resend', 'raw', 2),
    ...against('ours mux', 'mux-node', 0.12),
    ...against('ours resend', 'resend', 0.18),
    ...against('ours resend', 'standardwebhooks', 0.18),
    ...(['ours mux', 'ours resend'] as const).map((way) =>
      samples.ratio(
        `${way} ${SIZES[1]}`,
        `${way} ${SIZES[0]}`,
        `CPU of verifying ${SIZES[1] / 1000} KB against ${SIZES[0] / 1000} KB, ${way.replace('ours ', '')}'s scheme`,
      ),
    ),
  ];
}

const rivals: Readonly<Partial<Record<Way, string>>> = {
  raw: 'one createHmac',
  'mux-node': '@mux/mux-node',
  resend: 'resend',
  standardwebhooks: 'standardwebhooks',
};

function figures(samples: Samples): readonly Finding[] {
  const of = (variant: Variant, suffix: string, what: string, unit: string) =>
    samples.figure(`${variant} ${suffix}`, `${what}: ${described[variant]}`, unit);
  return [
    ...variants.flatMap((variant) => [
      of(variant, 'import', 'import', 'ms'),
      of(variant, 'accepted', 'import and first delivery', 'ms'),
      of(variant, 'accepted cpu', 'CPU of import and first delivery', 'ms'),
      of(variant, 'rss', 'memory after the first delivery', 'MB'),
      of(variant, 'warm', 'warm delivery', 'ms'),
      of(variant, 'warm cpu', 'CPU of a warm delivery', 'ms'),
    ]),
    ...ways.flatMap((way) =>
      SIZES.map((bytes) =>
        samples.figure(
          `${way} ${bytes}`,
          `CPU of one verification of ${bytes / 1000} KB: ${way}`,
          'µs',
        ),
      ),
    ),
  ];
}
