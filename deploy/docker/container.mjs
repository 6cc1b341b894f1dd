/**
 * `nx container @dozen/orders`: builds `dozen/orders:<sha>` and prints its name. A tree with changes is told by `-dirty`.
 * Arguments: the stage of the Dockerfile, the name. RUNTIME in the environment pins the base image by its digest.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [stage = '', name = ''] = process.argv.slice(2);
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const revision = git('describe', '--always', '--abbrev=40', '--exclude=*', '--dirty');
const image = `dozen/${name}:${revision}`;

/** Where the code is, if that is a place that others reach. */
function source() {
  const { stdout } = spawnSync('git', ['config', 'remote.origin.url'], { cwd: root, encoding: 'utf8' });
  return /^https:\/\/\S+$/.test(stdout.trim()) ? [`SOURCE=${stdout.trim()}`] : [];
}

const { RELEASE_ID = revision, RUNTIME } = process.env;
const values = [`SERVICE=${name}`, `REVISION=${revision}`, `RELEASE_ID=${RELEASE_ID}`, ...source()];
if (RUNTIME) values.push(`RUNTIME=${RUNTIME}`);
const { status, error } = spawnSync(
  'docker',
  [
    ...['build', '--file', join('deploy', 'docker', 'Dockerfile'), '--target', stage, '--tag', image],
    ...values.flatMap((value) => ['--build-arg', value]),
    '.',
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, DOCKER_BUILDKIT: '1' } },
);
if (error) process.stderr.write(`docker cannot be run: ${error.message}\n`);
if (status === 0) process.stdout.write(`${image}\n`);
process.exitCode = status ?? 1;
