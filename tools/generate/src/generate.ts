import { documentsOf, firstDifference, staleDocuments, writeDocuments } from './documents.js';
import { describeService, findServices } from './services.js';

export interface GenerateOptions {
  readonly root: string;
  /** Compare only: nothing is written. */
  readonly check: boolean;
  readonly say: (line: string) => void;
}

/** Writes or checks the generated files. Returns the exit status: 1 when a check found a stale one. */
export async function generate({ root, check, say }: GenerateOptions): Promise<number> {
  const names = await findServices(root);
  const described = await Promise.all(names.map((name) => describeService(root, name)));
  const documents = documentsOf(new Map(names.map((name, index) => [name, described[index] ?? []])));
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
