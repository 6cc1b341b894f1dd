import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Document {
  /** From the root of the workspace. */
  readonly path: string;
  readonly text: string;
}

/** Those whose file is missing or says something else. */
export async function staleDocuments(root: string, documents: readonly Document[]): Promise<Document[]> {
  const checked = await Promise.all(
    documents.map(async (document) => ((await textOf(root, document.path)) === document.text ? [] : [document])),
  );
  return checked.flat();
}

export async function writeDocuments(root: string, documents: readonly Document[]): Promise<void> {
  for (const { path, text } of documents) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** The first line that differs, so that a failed check says what to look at. */
export async function firstDifference(root: string, { path, text }: Document): Promise<string> {
  const actual = await textOf(root, path);
  if (actual === undefined) return `${path}: missing`;
  const [has, wants] = [actual.split('\n'), text.split('\n')];
  const line = wants.findIndex((wanted, index) => wanted !== has[index]);
  const at = line === -1 ? wants.length : line;
  return `${path}:${at + 1}: has ${JSON.stringify(has[at] ?? '')}, would be ${JSON.stringify(wants[at] ?? '')}`;
}

async function textOf(root: string, path: string): Promise<string | undefined> {
  const file = join(root, path);
  return existsSync(file) ? await readFile(file, 'utf8') : undefined;
}
