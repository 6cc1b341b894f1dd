import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FULL = 'fetch-depth: 0';

/** `npm run affected` in clones of a small repository that has its scripts and, for nx, one that prints its arguments. */
describe('npm run affected', () => {
  const dir = mkdtempSync(join(tmpdir(), 'affected-'));
  const origin = join(dir, 'origin');
  afterAll(() => rmSync(dir, { recursive: true }));

  function git(where: string, ...args: string[]): void {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
    execFileSync('git', ['-C', where, ...who, ...args], { stdio: 'pipe' });
  }

  function commit(text: string): void {
    writeFileSync(join(origin, 'file'), text);
    git(origin, 'add', '--all');
    git(origin, 'commit', '--quiet', '--message', text);
  }

  beforeAll(() => {
    mkdirSync(origin);
    git(origin, 'init', '--quiet', '--initial-branch=main');
    writeFileSync(join(origin, '.gitignore'), 'node_modules\n');
    writeFileSync(join(origin, 'package.json'), '{"type":"module"}');
    for (const file of ['package-lock.json', 'tools/bootstrap/affected.mjs', 'tools/bootstrap/bootstrap.mjs']) {
      cpSync(join(ROOT, file), join(origin, file));
    }
    commit('one');
    commit('two');
    git(origin, 'checkout', '--quiet', '-b', 'work');
    commit('three');
  });

  function cloned(name: string, ...options: string[]): string {
    git(dir, 'clone', '--quiet', ...options, pathToFileURL(origin).href, name);
    return join(dir, name);
  }

  interface Outcome {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }

  const affected = (where: string, ...args: string[]): Outcome => affectedBy({}, where, ...args);

  function affectedBy(more: Readonly<Record<string, string>>, where: string, ...args: string[]): Outcome {
    const nx = join(where, 'node_modules', 'nx', 'dist', 'bin');
    mkdirSync(nx, { recursive: true });
    writeFileSync(join(nx, 'nx.js'), 'console.log(JSON.stringify(process.argv.slice(2)))');
    const lock = createHash('sha256')
      .update(readFileSync(join(where, 'package-lock.json')))
      .digest('hex');
    writeFileSync(join(where, 'node_modules', '.dozen-lock'), lock);
    const env = { PATH: process.env['PATH'] ?? '', HOME: dir, ...more };
    const script = join(where, 'tools', 'bootstrap', 'affected.mjs');
    return spawnSync(process.execPath, [script, '-t', 'test', ...args], { encoding: 'utf8', env });
  }

  it('compares a branch with main, wherever main is', () => {
    const here = affected(origin);
    expect(here).toMatchObject({ status: 0, stdout: '["affected","--base=main","-t","test"]\n' });
    const branch = affected(cloned('branch', '--branch=work'));
    expect(branch).toMatchObject({ status: 0, stdout: '["affected","--base=origin/main","-t","test"]\n' });
  });

  it.each(['--base=main~1', '--base=HEAD~1'])('compares with what it is told: %s', (base) => {
    expect(affected(origin, base)).toMatchObject({ status: 0, stdout: `["affected","-t","test","${base}"]\n` });
  });

  it('compares with NX_BASE, wherever that is', () => {
    const nxBase = { NX_BASE: 'main' };
    expect(affectedBy(nxBase, origin).stdout).toBe('["affected","--base=main","-t","test"]\n');
    const clone = cloned('nx-base', '--branch=work');
    expect(affectedBy(nxBase, clone).stdout).toBe('["affected","--base=origin/main","-t","test"]\n');
    expect(affectedBy(nxBase, clone, '--base=HEAD~1').stdout).toBe('["affected","-t","test","--base=HEAD~1"]\n');
  });

  it('says in a shallow clone of a branch that main is not there, and how to get it', () => {
    const clone = cloned('shallow', '--depth=1', '--branch=work');
    const { status, stdout, stderr } = affected(clone);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('no main to compare with in this shallow clone');
    expect(stderr).toContain(FULL);
    // What it says to run does help.
    const [command = ''] = /git fetch .*/.exec(stderr) ?? [];
    execFileSync('sh', ['-c', command], { cwd: clone, stdio: 'pipe' });
    expect(affected(clone)).toMatchObject({ status: 0, stdout: '["affected","--base=origin/main","-t","test"]\n' });
  });

  it('says in a shallow clone of main that nothing is before it, where nx would find nothing', () => {
    const { status, stderr } = affected(cloned('shallow-main', '--depth=1', '--branch=main'));
    expect(status).toBe(1);
    expect(stderr).toContain('HEAD is main itself, and this shallow clone has nothing before it');
  });

  it('says that a clone does not reach back to where the branch began', () => {
    const clone = cloned('parted', '--depth=1', '--branch=work');
    git(clone, 'fetch', '--quiet', '--depth=1', 'origin', 'main:refs/remotes/origin/main');
    const { status, stderr } = affected(clone);
    expect(status).toBe(1);
    expect(stderr).toContain('does not reach back to where HEAD left origin/main');
  });

  it('says that a copy without git has nothing to be compared with', () => {
    const copy = join(dir, 'copy');
    cpSync(origin, copy, { recursive: true, filter: (source) => !source.endsWith('.git') });
    const { status, stderr } = affected(copy);
    expect(status).toBe(1);
    expect(stderr).toContain('This copy is no clone');
    expect(stderr).toContain('nx run-many');
  });
});
