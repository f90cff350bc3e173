/**
 * Reads the environment variables of one entry point at cold start.
 * @throws one error that lists every missing or empty variable, so that one deployment can fix them
 * all.
 */
export function readEnv<const Names extends readonly string[]>(
  names: Names,
  source: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<Names[number], string>> {
  const missing = names.filter((name) => !source[name]?.trim());
  if (missing.length > 0) throw new Error(`Missing in the environment: ${missing.join(', ')}.`);
  return Object.fromEntries(names.map((name) => [name, source[name]])) as Record<
    Names[number],
    string
  >;
}
