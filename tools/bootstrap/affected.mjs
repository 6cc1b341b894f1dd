/**
 * `npm run affected -- -t lint typecheck test`: `nx affected` for what has changed since the base (`--base`, NX_BASE, or main),
 * or a word on why there is nothing to compare with. By itself nx finds nothing then, and a pipeline is green, or it fails
 * with what git says.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv, ensureInstalled, main, node24, root, run, SetupError } from './bootstrap.mjs';

const EVERYTHING = 'Without a comparison: npx nx run-many -t … does it for every project.';

await main(async () => {
  const args = process.argv.slice(2);
  const base = baseOf(args);
  await ensureInstalled();
  const node = node24();
  const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  return run(node, [nx, 'affected', ...(base === undefined ? [] : [`--base=${base}`]), ...args], childEnv(node));
});

/** What to compare with, if `args` do not say it. @param {string[]} args @throws SetupError */
function baseOf(args) {
  const named = args.some((arg) => /^--(files|uncommitted|untracked|all)\b/.test(arg));
  if (named) return undefined;
  const given = args.flatMap((arg, at) =>
    arg === '--base' ? [args[at + 1] ?? ''] : (/^--base=(.*)/.exec(arg)?.slice(1) ?? []),
  );
  const wanted = given[0] ?? process.env['NX_BASE'] ?? 'main';
  if (git('rev-parse', '--is-inside-work-tree') !== 'true') {
    throw new SetupError(
      existsSync(join(root, '.git'))
        ? `git does not answer in ${root} (is it installed, and are the files yours?). ${EVERYTHING}`
        : `This copy is no clone, so there is nothing to compare it with. ${EVERYTHING}`,
    );
  }
  const base = commit(wanted) === undefined && given.length === 0 ? `origin/${wanted}` : wanted;
  const shallow = git('rev-parse', '--is-shallow-repository') === 'true';
  const unshallow = 'git fetch --unshallow --no-tags origin "+refs/heads/*:refs/remotes/origin/*"';
  const fetchAll = `${shallow ? unshallow : 'git fetch origin "+refs/heads/*:refs/remotes/origin/*"'}\nIn a pipeline: check out with the whole history (fetch-depth: 0, GIT_DEPTH: 0).`;
  if (commit(base) === undefined) {
    throw new SetupError(
      `There is no ${wanted} to compare with in this ${shallow ? 'shallow ' : ''}clone:\n  ${fetchAll}`,
    );
  }
  if (git('merge-base', base, 'HEAD') === undefined) {
    throw new SetupError(`This clone does not reach back to where HEAD left ${base}:\n  ${fetchAll}`);
  }
  if (shallow && commit(base) === commit('HEAD') && git('status', '--porcelain') === '') {
    throw new SetupError(
      `HEAD is ${base} itself, and this shallow clone has nothing before it:\n  ${fetchAll}\nand then compare with what was there before, say --base=HEAD~1.`,
    );
  }
  return given.length === 0 ? base : undefined;
}

/** The commit that a name stands for. @param {string} name */
function commit(name) {
  return git('rev-parse', '--verify', '--quiet', `${name}^{commit}`);
}

/** What git prints; undefined when it fails, or is not there. @param {string[]} args */
function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
