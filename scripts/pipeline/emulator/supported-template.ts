/** Parts of a template that the reduction reads. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: unknown;
}

/** Resources that an emulator rejects. */
export interface Unsupported {
  readonly type: string;
  /** Limits it to resources with this property. */
  readonly property?: string;
  /** States what is not tested on the emulator. */
  readonly because: string;
}

/** A resource that is not deployed, and why. */
export interface LeftOut {
  readonly id: string;
  readonly type: string;
  readonly because: string;
}

/** Types without which the webhook would not pass through what is deployed on AWS. */
const essential = /^(AWS::(ApiGatewayV2|IAM|Lambda|SQS|SecretsManager)::|Custom::Trigger$)/;

/**
 * Leaves out the resources of types that an emulator lacks, and those that refer to them.
 * @throws if a resource is lost on which the path of a webhook depends
 */
export function supportedTemplate<T extends Template>(
  template: T,
  unsupported: readonly Unsupported[],
): { readonly template: T; readonly leftOut: readonly LeftOut[] } {
  const leftOut = new Map<string, LeftOut>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    const found = unsupported.find((one) => isRejected(resource, one));
    if (found !== undefined) leftOut.set(id, { id, type: resource.Type, because: found.because });
  }
  let known: number;
  do {
    known = leftOut.size;
    for (const [id, resource] of Object.entries(template.Resources)) {
      const missing = leftOut.has(id) ? undefined : findReference(resource, leftOut);
      if (missing === undefined) continue;
      leftOut.set(id, { id, type: resource.Type, because: `it refers to ${missing}` });
    }
  } while (leftOut.size > known);
  const lost = [...leftOut.values()].filter(({ type }) => essential.test(type));
  if (lost.length > 0)
    throw new Error(`A webhook needs these resources: ${lost.map(describe).join('; ')}.`);
  return { template: without(template, leftOut), leftOut: [...leftOut.values()] };
}

const isRejected = ({ Type, Properties = {} }: TemplateResource, one: Unsupported) =>
  Type === one.type && (one.property === undefined || one.property in Object(Properties));

export const describe = ({ id, type, because }: LeftOut) => `${type} ${id} (${because})`;

type Ids = ReadonlyMap<string, unknown>;

function without<T extends Template>(template: T, ids: Ids): T {
  const resources = Object.entries(template.Resources).filter(([id]) => !ids.has(id));
  const outputs = Object.entries(template.Outputs ?? {}).filter(
    ([, output]) => findReference(output, ids) === undefined,
  );
  return {
    ...template,
    Resources: Object.fromEntries(resources.map(([id, one]) => [id, waitsFor(one, ids)])),
    Outputs: Object.fromEntries(outputs),
  };
}

/** Removes the order of creation relative to resources that are left out. */
function waitsFor(resource: TemplateResource, ids: Ids): TemplateResource {
  if (resource.DependsOn === undefined) return resource;
  return { ...resource, DependsOn: [resource.DependsOn].flat().filter((id) => !ids.has(id)) };
}

/** Returns the first of the resources that a value names by Ref, Fn::GetAtt or Fn::Sub. */
function findReference(value: unknown, ids: Ids): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'DependsOn') continue;
    const found = namesIn(key, child).find((name) => ids.has(name)) ?? findReference(child, ids);
    if (found !== undefined) return found;
  }
  return undefined;
}

function namesIn(key: string, value: unknown): readonly string[] {
  if (key === 'Ref') return [String(value)];
  if (key === 'Fn::GetAtt') return [String([value].flat()[0]).split('.')[0] ?? ''];
  if (key !== 'Fn::Sub') return [];
  const text = String([value].flat()[0]);
  return [...text.matchAll(/\$\{([^!.}]+)/g)].map(([, name = '']) => name);
}
