import { renderMail } from '../../lambdas/notifications/render-mail.ts';
import { mailSamples, sampleTexts } from './mail-samples.ts';
import { type Preview, previewPage } from './preview-page.tsx';

/** Renders the preview page of the given kinds. */
export async function renderPreviewPage(kinds: readonly string[]): Promise<string> {
  return previewPage(await renderPreviews(kinds));
}

/** Renders each kind with each sample. @throws if a kind has no sample or a sample is invalid. */
export async function renderPreviews(kinds: readonly string[]): Promise<readonly Preview[]> {
  const samples = kinds.flatMap((kind) =>
    Object.entries(sampleTexts).map(([sample, texts]) => ({ kind, sample, texts })),
  );
  return Promise.all(
    samples.map(async ({ kind, sample, texts }) => {
      const params = mailSamples[kind]?.(texts);
      const rendering = await renderMail(kind, params, 'https://portal.example');
      if (rendering.outcome !== 'rendered')
        throw new Error(`${kind}, sample ${sample}: ${rendering.fault}`);
      return { kind, sample, mail: rendering.mail };
    }),
  );
}
