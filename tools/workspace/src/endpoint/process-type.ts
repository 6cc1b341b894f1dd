import type { Tree } from '@nx/devkit';
import { edit, MANIFEST } from '../edits/services.js';

/** Makes sure that the entry of a service has a process type; what else the manifest says stays as it is written. */
export function withProcessType(tree: Tree, service: string, type: string): void {
  edit(tree, MANIFEST, (text) =>
    text.replace(
      new RegExp(`("${service}": \\{\\s*"processTypes": \\[)([^\\]]*)`),
      (whole, before: string, types: string) => (types.includes(`"${type}"`) ? whole : `${before}"${type}", ${types}`),
    ),
  );
}
