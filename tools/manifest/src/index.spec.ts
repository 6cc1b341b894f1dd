import { globSync, readFileSync } from 'node:fs';
import { SERVICE_NAMES } from './index.js';

const ROOT = new URL('../../../', import.meta.url);
const IMAGE = 'container:service';

interface Package {
  readonly name: string;
  readonly nx: { readonly tags: readonly string[] };
}

describe('the manifest', () => {
  it('has every application that is a service, and nothing else', () => {
    const packages = globSync('apps/*/package.json', { cwd: ROOT }).map(
      (file) => JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')) as Package,
    );
    const services = packages.filter(({ nx }) => nx.tags.includes(IMAGE)).map(({ name }) => name);
    expect([...SERVICE_NAMES].map((name) => `@dozen/${name}`).sort()).toEqual(services.sort());
  });
});
