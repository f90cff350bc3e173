import type { Finding, Measured } from '../../report.ts';
import { finding, type Samples } from '../../samples.ts';
import { allowed } from '../../verifier/findings.ts';

export function report(samples: Samples): Measured {
  return {
    findings: [
      ...floor(samples, 'first', 'import and first delivery', 'ms'),
      ...floor(samples, 'first cpu', 'CPU of import and first delivery', 'ms'),
      ...places(samples, 'first', 'first delivery', 'ms'),
      ...floor(samples, 'warm cpu', 'CPU of a warm delivery', 'µs'),
      ...places(samples, 'warm', 'warm delivery', 'µs'),
      ...sdk(samples),
    ],
    notes: notes(samples),
  };
}

/** What Node takes for itself, beside what is held to a target. */
function floor(samples: Samples, suffix: string, what: string, unit: string): readonly Finding[] {
  const [ours, bare, naive] = [`ours ${suffix}`, `bare ${suffix}`, `naive ${suffix}`] as const;
  return [
    samples.ratio(ours, naive, `verifier, ${what}: ours against naive`),
    samples.ratio(bare, naive, `verifier, ${what}: a bare program against naive`),
    samples.figure(ours, `verifier, ${what}: ours`, unit),
    samples.figure(bare, `verifier, ${what}: a bare program`, unit),
    finding(
      `verifier, ${what}: ours on top of a bare program`,
      unit,
      differences(samples, ours, bare),
    ),
  ];
}

function places(samples: Samples, of: string, what: string, unit: string): readonly Finding[] {
  return samples
    .names()
    .filter((name) => name.startsWith(`${of}: `))
    .map((name) => samples.figure(name, `verifier, ${what}: ${name.slice(of.length + 2)}`, unit))
    .toSorted((one, other) => other.value.median - one.value.median);
}

function sdk(samples: Samples): readonly Finding[] {
  const [alone, naive] = ['bare-sdk warm cpu', 'naive-at-hand warm cpu'] as const;
  const what = 'verifier, CPU of a warm delivery: @aws-sdk/client-sqs alone';
  return [samples.ratio(alone, naive, `${what} against naive`), samples.figure(alone, what, 'µs')];
}

function differences(samples: Samples, one: string, other: string): readonly number[] {
  const others = samples.of(other);
  return samples.of(one).map((value, round) => value - (others[round] ?? Number.NaN));
}

function notes(samples: Samples): readonly string[] {
  const share = (part: string, whole: string, limit: number) =>
    `${((samples.ratio(part, whole, '').value.median / limit) * 100).toFixed(0)} %`;
  const ofStart = share('bare first', 'naive first', allowed.start);
  const ofCpu = share('bare first cpu', 'naive first cpu', allowed.start);
  const ofSdk = share('bare-sdk warm cpu', 'naive-at-hand warm cpu', allowed.warmWithSdk);
  return [
    'The verifier of mux, looked at in its own process: its stacks every 100 µs up to the first accepted delivery, every 200 µs after it. It is not minified there, so that functions have names, and looking makes it slower: these figures are to be compared with each other. What is held to naive was not looked at.',
    `The bare program has no code of ours: it loads node:crypto and node:https and sends the same two requests to the same stand-in, at once and unsigned, with nothing verified, checked or logged. It alone takes ${ofStart} of the time and ${ofCpu} of the CPU that the target leaves to a first delivery: loading what Node has of cryptography and HTTPS, and two TLS connections, one of them for the secret. Signing, verifying, reading and logging have to fit into the rest.`,
    `With @aws-sdk/client-sqs, its client and the message's attributes alone take ${ofSdk} of the CPU that the target leaves to a warm delivery of the variant that sends with it: reading and verifying the delivery, the audit line and the counts have to fit into the rest. It is not what is deployed.`,
  ];
}
