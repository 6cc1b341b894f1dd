import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../bootstrap/bootstrap.mjs';

/**
 * @typedef {object} PublicPackage
 * @property {string} name `@dozen/kernel`
 * @property {string} folder `libs/kernel`
 * @property {Record<string, any>} manifest its package.json
 */

/** The libraries that others install: those that are not private. @returns {PublicPackage[]} */
export function publicPackages() {
  return globSync('libs/*/package.json', { cwd: root })
    .sort()
    .map((file) => ({ folder: dirname(file), manifest: JSON.parse(readFileSync(join(root, file), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map((one) => ({ ...one, name: one.manifest.name }));
}

/**
 * What `npm publish` would send of each, as files in `folder`. They must have been built.
 * @param {readonly PublicPackage[]} packages
 * @returns {Promise<(PublicPackage & { tarball: string })[]>}
 */
export async function pack(packages, folder) {
  const workspaces = packages.flatMap((one) => ['--workspace', one.name]);
  await npm(root, ['pack', '--silent', '--pack-destination', folder, ...workspaces]);
  return packages.map((one) => ({ ...one, tarball: join(folder, tarballName(one.manifest)) }));
}

const tarballName = ({ name, version }) => `${name.slice(1).replace('/', '-')}-${version}.tgz`;

/** Without what an npm that runs this says about the folder it runs in. @returns {Promise<string>} its stdout */
export async function npm(cwd, args, more = {}) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name),
  );
  const env = { ...Object.fromEntries(own), ...more };
  const { stdout } = await promisify(execFile)('npm', [...args, '--prefix', cwd], { cwd, env });
  return stdout;
}
