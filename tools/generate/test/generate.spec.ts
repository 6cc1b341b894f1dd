import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configDocuments, generate } from '../src/index.js';

const ROW = {
  service: 'shop',
  section: 'Service',
  name: 'PORT',
  description: 'Where it listens.',
  type: 'integer',
  required: false,
  default: '3000',
  example: null,
  secret: false,
  refused: null,
};

describe('the generator', () => {
  let root: string;
  let said: string[];
  const run = (check: boolean) => generate({ root, sources: [configDocuments], check, say: (line) => said.push(line) });
  const shop = (rows: unknown) =>
    writeFile(join(root, 'apps/shop/dist/main.js'), `console.log(${JSON.stringify(JSON.stringify(rows))});`);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'dozen-generate-'));
    said = [];
    await mkdir(join(root, 'apps/shop/dist'), { recursive: true });
    await mkdir(join(root, 'apps/journeys'), { recursive: true });
    await writeFile(join(root, 'apps/shop/package.json'), JSON.stringify({ nx: { tags: ['type:app'] } }));
    await writeFile(join(root, 'apps/journeys/package.json'), JSON.stringify({ nx: { tags: ['type:e2e'] } }));
    await shop([ROW]);
  });
  afterEach(() => rm(root, { recursive: true }));

  it('writes what the service itself says, after which a check passes', async () => {
    expect(await run(false)).toBe(0);
    expect(await readFile(join(root, 'apps/shop/.env.example'), 'utf8')).toContain('#PORT=3000');
    expect(await readFile(join(root, 'docs/configuration.md'), 'utf8')).toContain('| `PORT` | Where it listens.');
    expect(await run(true)).toBe(0);
  });

  it('fails a check when a schema has changed, names the line and writes nothing', async () => {
    await run(false);
    await shop([{ ...ROW, default: '4000' }]);
    expect(await run(true)).toBe(1);
    expect(said.join('\n')).toMatch(/apps\/shop\/\.env\.example:\d+: has "#PORT=3000", would be "#PORT=4000"/);
    expect(await readFile(join(root, 'apps/shop/.env.example'), 'utf8')).toContain('#PORT=3000');
  });

  it('fails a check when a file is missing', async () => {
    expect(await run(true)).toBe(1);
    expect(said).toContain('docs/configuration.md: missing');
  });

  it('says how to build a service that is not built', async () => {
    await rm(join(root, 'apps/shop/dist'), { recursive: true });
    await expect(run(true)).rejects.toThrow('shop is not built: run `npx nx run-many -t build` first');
  });

  it('refuses a description that is none', async () => {
    await shop([{ name: 'PORT' }]);
    await expect(run(true)).rejects.toThrow();
  });
});
