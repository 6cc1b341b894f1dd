/**
 * For remark: a link whose text is code and whose target is a TypeScript file names something of that file, as in
 * [`Relay.wake`](…/relay.ts). A name that the file does not contain any more is a warning, which `npm run links` fails for.
 * That the file is there at all is remark-validate-links' affair.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const NAME = /[A-Za-z_$][\w$]*/g;

export default function linkedNames() {
  return (tree, file) => {
    for (const link of linksIn(tree)) {
      const source = link.url.endsWith('.ts') ? read(resolve(file.cwd, dirname(file.path), link.url)) : undefined;
      if (source === undefined) continue;
      const names = new Set(source.match(NAME));
      for (const { value } of link.children.filter(({ type }) => type === 'inlineCode')) {
        const missing = (value.match(NAME) ?? []).filter((name) => !names.has(name));
        if (missing.length > 0) file.message(`\`${missing.join('`, `')}\` is not in ${link.url}`, link);
      }
    }
  };
}

function linksIn(node) {
  return node.type === 'link' ? [node] : (node.children ?? []).flatMap(linksIn);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
