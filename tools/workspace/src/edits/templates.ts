import { join } from 'node:path';
import { generateFiles, OverwriteStrategy, type Tree } from '@nx/devkit';

const TEMPLATES = join(import.meta.dirname, '../../templates');

/**
 * Writes the files of a template to a folder, with `__name__` in their paths and `<%= name %>` in them filled in. Throws
 * when one is there already: a generator overwrites nothing.
 */
export function writeTemplate(tree: Tree, template: string, folder: string, values: object): void {
  generateFiles(
    tree,
    join(TEMPLATES, template),
    folder,
    { ...values },
    { overwriteStrategy: OverwriteStrategy.ThrowIfExisting },
  );
}
