import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVICE_NAMES } from './index.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FILES = [
  '{apps,libs,tools,deploy,examples}/**/*.{ts,mjs,js,json,yml,yaml,sh}',
  '{apps,libs,tools,deploy}/**/Dockerfile',
  '*.{mjs,json,yml}',
];
const ELSEWHERE = /(^|\/)(node_modules|dist|out-tsc)\//;
const KNOWN = [
  // The manifest, and what is made from it.
  /^tools\/manifest\//,
  /^package-lock\.json$/,
  /^tsconfig\.json$/,
  // The folders of the contracts: the generators add one for each service that says something.
  /^libs\/contracts\/src\/index\.ts$/,
  // The services of the yardstick are its own.
  /^tools\/bench\/src\/(system\/stock|children)\//,
  // A service's own files may name its neighbours.
  /^apps\/(?!e2e\/)/,
  // Who handles which event of the order flow, and what of it is in the tables afterwards.
  /^apps\/e2e\/src\/chaos\/(poison|overtaking)\.ts$/,
];
/** A list of names is no longer than this between its first and its last, in characters. */
const LIST = 240;

/** Whether all names stand close together. */
function lists(text: string): boolean {
  const places = SERVICE_NAMES.map((name) =>
    [...text.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].map(({ index }) => index),
  );
  return (places[0] ?? []).some((at) => places.every((some) => some.some((place) => Math.abs(place - at) <= LIST / 2)));
}

function withoutGenerated(text: string): string {
  return text.replaceAll(/# generated: (.*)\n[^]*?# end: \1\n/g, '');
}

describe('the names of the services', () => {
  it('are found where they are listed', () => {
    expect(lists(`const ALL = ['${SERVICE_NAMES.join("', '")}'];`)).toBe(true);
    expect(lists(SERVICE_NAMES.join(' '.repeat(LIST)))).toBe(false);
  });

  it('are listed in the manifest alone', () => {
    const files = FILES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).filter(
      (file) => !ELSEWHERE.test(file) && !KNOWN.some((known) => known.test(file)),
    );
    const listing = files.filter((file) => lists(withoutGenerated(readFileSync(join(ROOT, file), 'utf8'))));
    expect(files.length).toBeGreaterThan(400);
    expect(listing).toEqual([]);
  });
});
