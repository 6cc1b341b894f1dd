import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ROOT } from '@dozen/demo';
import { linkInstalled } from '../installed.js';

/** A defect that somebody could well write, put into the built output of a private copy of the workspace. */
export interface PlantedBug {
  readonly name: string;
  /** The path of the built file from the workspace's root. */
  readonly file: string;
  /** Each `search` must be found exactly once. */
  readonly edits: readonly { readonly search: string; readonly replace: string }[];
}

const FOLDERS = ['apps', 'libs', 'tools'];
/** What a built project does not need to run. */
const LEFT_OUT = new Set(['src', 'test', 'out-tsc', 'node_modules']);

/** The built workspace in a folder of its own; what it installed is linked, not copied. */
export async function copyWorkspace(dir: string): Promise<void> {
  for (const folder of FOLDERS) {
    for (const project of await readdir(join(ROOT, folder))) {
      const from = join(ROOT, folder, project);
      await cp(from, join(dir, folder, project), {
        recursive: true,
        filter: (path) => !LEFT_OUT.has(relative(from, path)),
      });
    }
  }
  for (const file of ['package.json', join('docs', 'asyncapi.json')]) await cp(join(ROOT, file), join(dir, file));
  await linkInstalled(dir);
}

/** Puts the bug into a copy. Throws when the code is no longer what the bug was written for. */
export async function plant(dir: string, bug: PlantedBug): Promise<void> {
  const path = join(dir, bug.file);
  await writeFile(path, planted(await readFile(path, 'utf8'), bug));
}

/** The text of the bug's file with the bug in it. Throws when the code is no longer what it was written for. */
export function planted(text: string, { name, file, edits }: PlantedBug): string {
  return edits.reduce((before, { search, replace }) => {
    const parts = before.split(search);
    if (parts.length !== 2) throw new Error(`${name}: ${file} has ${parts.length - 1} times: ${search}`);
    return parts.join(replace);
  }, text);
}
