import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contracts } from '../src/contracts/read.js';
import { hashOf } from '../src/migrations/faults.js';
import { readRelease, recordRelease } from '../src/release.js';

const FIRST = { version: '0.1.0', commit: 'a'.repeat(40) };
const contracts: Contracts = {
  topics: [{ name: 'orders.events', kind: 'event', partitions: 8, retentionMs: 1000, cleanup: 'delete' }],
  messages: [
    {
      type: 'dozen.Placed.v1',
      name: 'Placed',
      version: 1,
      topic: 'orders.events',
      schema: { type: 'object' },
      consumers: ['billing'],
      announced: false,
      replacedBy: undefined,
    },
  ],
};
const migration = { name: 'Create1', statements: ['SELECT 1'], transaction: true } as const;
const migrations = ['orders', 'billing'].map((service) => ({
  ...migration,
  service,
  unusedSince: undefined,
  lockedBecause: undefined,
}));

describe('recording a release', () => {
  let root: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
      cwd: root,
      encoding: 'utf8',
    }).trim();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'dozen-release-'));
    const folder = join(root, 'libs/contracts/released');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'releases.json'), JSON.stringify([FIRST]));
    for (const name of ['topics', 'messages', 'migrations']) await writeFile(join(folder, `${name}.json`), '{}');
    const accepted = [{ why: 'name may go beyond its maxLength (200)', because: 'nobody writes a longer one' }];
    await writeFile(join(folder, 'accepted.json'), JSON.stringify(accepted));
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('adds it to those before, with its commit, and takes what is built for what must not be broken', async () => {
    const commit = git('rev-parse', 'HEAD');
    await recordRelease(root, { version: '0.2.0', contracts, migrations });
    expect(await readRelease(root)).toEqual({
      releases: [FIRST, { version: '0.2.0', commit }],
      topics: { 'orders.events': { kind: 'event', partitions: 8, cleanup: 'delete' } },
      messages: { 'dozen.Placed.v1': { topic: 'orders.events', schema: { type: 'object' } } },
      migrations: { orders: { Create1: hashOf(migration) }, billing: { Create1: hashOf(migration) } },
      accepted: [],
    });
  });

  it('is refused while something is not committed, since its commit is built again', async () => {
    await writeFile(join(root, 'more.txt'), '');
    await expect(recordRelease(root, { version: '0.2.0', contracts, migrations })).rejects.toThrow('commit first');
    expect((await readRelease(root)).releases).toEqual([FIRST]);
  });

  it('is refused without a version', async () => {
    await expect(recordRelease(root, { version: 'next', contracts, migrations })).rejects.toThrow();
    expect((await readRelease(root)).releases).toEqual([FIRST]);
  });
});
