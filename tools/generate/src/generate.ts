import { type Document, firstDifference, staleDocuments, writeDocuments } from './documents.js';

/** Makes some of the checked-in files from what is built. */
export type DocumentSource = (root: string) => Promise<readonly Document[]>;

export interface GenerateOptions {
  readonly root: string;
  readonly sources: readonly DocumentSource[];
  /** Compare only: nothing is written. */
  readonly check: boolean;
  readonly say: (line: string) => void;
}

/** Writes or checks the generated files. Returns the exit status: 1 when a check found a stale one. */
export async function generate({ root, sources, check, say }: GenerateOptions): Promise<number> {
  const documents = (await Promise.all(sources.map((source) => source(root)))).flat();
  const stale = await staleDocuments(root, documents);
  if (!check) {
    await writeDocuments(root, stale);
    say(stale.length === 0 ? 'nothing to write' : `wrote ${stale.map(({ path }) => path).join(', ')}`);
    return 0;
  }
  if (stale.length === 0) {
    say(`${documents.length} generated files are up to date`);
    return 0;
  }
  for (const document of stale) say(await firstDifference(root, document));
  say('stale: run `npm run generate` and commit what it writes');
  return 1;
}
