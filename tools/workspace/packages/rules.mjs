import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { root } from '../../bootstrap/bootstrap.mjs';

/**
 * What is asked of a tarball that others install. Each rule gets the tarball's bytes, the package that they unpack to and
 * its manifest, and returns what is wrong, as sentences.
 * @typedef {object} Packed
 * @property {ArrayBuffer} bytes
 * @property {import('@arethetypeswrong/core').Package} content
 * @property {Record<string, any>} manifest
 */

/** What package.json says is there, and in the form that it says. Suggestions count as mistakes. */
async function publintRule({ bytes, manifest }) {
  const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
  return messages.map((message) => formatMessage(message, manifest, { color: false, reference: false }));
}

/** Resolutions of a reader that is no ESM: the packages are ESM and nothing else. */
const NOT_ESM = new Set(['node10', 'node16-cjs']);

/** TypeScript finds types for whatever Node finds, and they speak of the same module. */
async function typesRule({ content }) {
  const { types, problems = [] } = await checkPackage(content);
  if (types === false) return ['it has no types'];
  return problems
    .filter(({ resolutionKind, resolutionOption }) => !NOT_ESM.has(resolutionKind ?? resolutionOption))
    .map(({ kind, entrypoint, ...where }) => `${kind} of ${entrypoint ?? JSON.stringify(where)}`);
}

const CONTENT = /^(dist\/.*\.(js|d\.ts)(\.map)?|src\/.*\.ts|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;

/** What was built, the sources that its maps lead to, and words for people: neither tests nor what a compiler remembers. */
function contentRule({ content, manifest }) {
  const folder = `/node_modules/${content.packageName}/`;
  const files = content.listFiles().map((file) => file.slice(folder.length));
  // publint passes over conditions that it does not know, such as the one that leads to the sources.
  const missing = ['README.md', 'LICENSE', ...targets(manifest.exports)].filter((file) => !files.includes(file));
  const strange = files.filter((file) => !CONTENT.test(file) || file.includes('.spec.'));
  const licence = content.tryReadFile(`${folder}LICENSE`);
  return [
    ...missing.map((file) => `${file} is missing`),
    ...strange.map((file) => `${file} does not belong into it`),
    ...(licence === readFileSync(join(root, 'LICENSE'), 'utf8') ? [] : ['its LICENSE is not that of the workspace']),
  ];
}

/** Every file that `exports` names, under whatever condition. */
function targets(exports) {
  return typeof exports === 'string' ? [exports.slice('./'.length)] : Object.values(exports).flatMap(targets);
}

/** Whatever its code or its types import is installed with it: in this workspace it may be there because of another package. */
function importsRule({ content, manifest }) {
  const declared = new Set([manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })]);
  const built = content.listFiles().filter((file) => /\/dist\/.*\.(js|d\.ts)$/.test(file));
  const imported = built.flatMap((file) => ts.preProcessFile(content.readFile(file)).importedFiles);
  const packages = new Set(
    imported.map(({ fileName }) => packageOf(fileName)).filter((name) => !/^(\.|node:)/.test(name)),
  );
  return [...packages]
    .filter((name) => !declared.has(name))
    .map((name) => `it imports ${name} and does not depend on it`);
}

/** `@dozen/kernel` of `@dozen/kernel/testing`. */
function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** What a registry shows, and what a package manager goes by. */
function manifestRule({ manifest }, { publicNames }) {
  const fields = ['description', 'keywords', 'license', 'engines', 'sideEffects', 'exports', 'files', 'publishConfig'];
  const needs = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  const unpublished = Object.keys(needs).filter((name) => name.startsWith('@dozen/') && !publicNames.has(name));
  return [
    ...fields.filter((field) => manifest[field] === undefined).map((field) => `package.json has no "${field}"`),
    ...unpublished.map((name) => `it depends on ${name}, which is private`),
  ];
}

export const RULES = {
  publint: publintRule,
  types: typesRule,
  content: contentRule,
  imports: importsRule,
  manifest: manifestRule,
};
