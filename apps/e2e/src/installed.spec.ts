import { globSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '@dozen/demo';
import { linkInstalled } from './installed.js';

describe('another copy of the workspace', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await realpath(await mkdtemp(join(tmpdir(), 'dozen-installed-')));
    for (const [folder, name] of Object.entries({
      'libs/kernel': '@dozen/kernel',
      'tools/old-orders': '@dozen/orders',
    })) {
      await mkdir(join(dir, folder), { recursive: true });
      await writeFile(join(dir, folder, 'package.json'), JSON.stringify({ name }));
    }
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('has its own projects, wherever they are, and what is installed here: the last release must not run on this one’s libraries', async () => {
    await linkInstalled(dir);
    const resolved = (name: string): Promise<string> => realpath(join(dir, 'node_modules', name));
    expect(await resolved('@dozen/kernel')).toBe(join(dir, 'libs/kernel'));
    expect(await resolved('@dozen/orders')).toBe(join(dir, 'tools/old-orders'));
    expect(await resolved('zod')).toBe(await realpath(join(ROOT, 'node_modules/zod')));
  });

  it('has in a project what lies in that here: a version of its own', async () => {
    const own = globSync('{apps,libs,tools}/*/node_modules', { cwd: ROOT });
    for (const folder of own) await mkdir(join(dir, dirname(folder)), { recursive: true });
    await linkInstalled(dir);
    expect(own.length).toBeGreaterThan(0);
    for (const folder of own) expect(await realpath(join(dir, folder))).toBe(await realpath(join(ROOT, folder)));
  });
});
