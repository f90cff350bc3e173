/** Part of a template that links stacks. */
export interface LinkedTemplate {
  readonly Resources: unknown;
  readonly Outputs?: Readonly<
    Record<string, { readonly Export?: { readonly Name: string } | undefined }>
  >;
}

type Stacks = Readonly<Record<string, LinkedTemplate>>;

/** Lists the exports that the stacks import, each once. */
export const crossStackImports = (stacks: Stacks): readonly string[] => [
  ...new Set(
    Object.values(stacks).flatMap(({ Resources }) =>
      [...JSON.stringify(Resources).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(
        ([, name = '']) => name,
      ),
    ),
  ),
];

export const exportsOf = (stacks: Stacks): readonly string[] =>
  Object.values(stacks).flatMap(({ Outputs = {} }) =>
    Object.values(Outputs).flatMap(({ Export }) => Export?.Name ?? []),
  );
