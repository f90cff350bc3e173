/** Lists the files of the project that the CDK app imports, as paths from its root. */
export async function readAppFiles(project: string): Promise<ReadonlySet<string>> {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: ['bin/app.ts'],
    absWorkingDir: project,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'app',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return new Set(Object.keys(metafile.inputs));
}
