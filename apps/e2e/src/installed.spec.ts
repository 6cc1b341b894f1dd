import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@dozen/demo';
import { linkInstalled } from './installed.js';

describe('another copy of the workspace', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await realpath(await mkdtemp(join(tmpdir(), 'dozen-installed-')));
    for (const project of ['libs/kernel', 'apps/orders']) await mkdir(join(dir, project), { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('has its own projects and what is installed here: the last release must not run on this one’s libraries', async () => {
    await linkInstalled(dir);
    const resolved = (name: string): Promise<string> => realpath(join(dir, 'node_modules', name));
    expect(await resolved('@dozen/kernel')).toBe(join(dir, 'libs/kernel'));
    expect(await resolved('@dozen/orders')).toBe(join(dir, 'apps/orders'));
    expect(await resolved('zod')).toBe(await realpath(join(ROOT, 'node_modules/zod')));
  });
});
