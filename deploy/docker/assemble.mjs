/**
 * `node assemble.mjs @dozen/orders /image`: copies a service and what it needs at run time out of an installed workspace,
 * each package in its place, so that Node finds everything as there. npm's own filter (`--omit=dev --workspace`) is not
 * enough: it also installs what the libraries for tests, which are links, need.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

/** No program reads them: types, sources, source maps, words for people. Licences stay. */
const UNREAD = /\.([cm]?ts|map|tsbuildinfo|md|markdown|flow)$/i;
/** Folders that only a package's authors use. */
const AUTHORS = /^(test|tests|__tests__|__mocks__|docs?|examples?|benchmarks?|\.github)$/;
/** Whole second copies for browsers and bundlers: Node takes none of them, by each package's own exports. */
const COPIES = [
  ...['typeorm/browser', 'rxjs/dist/bundles', 'rxjs/dist/esm', 'rxjs/dist/esm5'],
  ...['luxon/build/amd', 'luxon/build/cjs-browser', 'luxon/build/global'],
].map((path) => join('node_modules', path));

const [service = '', image = ''] = process.argv.slice(2);
const manifest = (place) => JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
const first = place('.', service);
const needed = new Set([first]);
for (const here of needed) {
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = manifest(here);
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  for (const name of new Set([...Object.keys(dependencies), ...peers])) {
    const found = place(here, name);
    if (found !== undefined) needed.add(found);
    else if (!(name in optionalDependencies)) throw new Error(`${here} needs ${name}, which is not installed`);
  }
}

for (const from of needed) {
  const ours = !from.includes('node_modules');
  for (const part of ours ? ['dist', 'package.json'] : ['.']) copy(join(from, part), join(image, from, part), from);
  if (ours) link(from, join('node_modules', manifest(from).name));
}
link(first, 'service');

/** Where a package that is asked for from `from` lies, relative to the workspace; as Node looks for it. */
function place(from, name) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return relative('.', realpathSync(candidate));
    if (folder === '.') return undefined;
  }
}

function copy(from, to, root) {
  const filter = (path) => {
    const within = relative(root, path).split(sep);
    if (within.includes('node_modules')) return false;
    // Deeper, a folder of that name may be the program: yaml/dist/doc is.
    const authors = AUTHORS.test(within[0]) || /^(__.*__|tests?)$/.test(basename(path));
    return !authors && !UNREAD.test(path) && !COPIES.includes(path);
  };
  cpSync(from, to, { recursive: true, filter });
}

function link(to, at) {
  const path = join(image, at);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(path), join(image, to)), path);
}
