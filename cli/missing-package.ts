/** Explains the failed import of a package. Returns undefined for every other error. */
export function missingPackage(error: unknown): string | undefined {
  const { code, message = '' } = Object(error) as { code?: string; message?: string };
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  const [, name] = /^Cannot find (?:package|module) '([^'./][^']*)'/.exec(message) ?? [];
  if (name === undefined) return undefined;
  return (
    `The package '${name}' is not installed. Run 'npm ci' without --omit=dev and without ` +
    '--workspace: only the commands of operators (npm run ops, npm run smoke) work without ' +
    'the development dependencies.'
  );
}
