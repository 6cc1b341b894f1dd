import { SERVICE_NAMES } from '@dozen/manifest';
import { docker } from './docker.js';
import { productionPackages } from './production-packages.js';

/** Bytes over the base: half as much again as the largest needs, so that a careless dependency is seen. */
const MOST_BYTES = 45_000_000;
const RUNTIME = 'gcr.io/distroless/nodejs24-debian12:nonroot';
/** Every file of the image, in none of the kernel's folders. */
const LIST = `
  const { readdirSync } = require('node:fs');
  const tops = readdirSync('/', { withFileTypes: true }).filter((top) => top.isDirectory() && !/^(proc|sys|dev)$/.test(top.name));
  const files = tops.flatMap(({ name }) => readdirSync('/' + name, { recursive: true }).map((file) => '/' + name + '/' + file));
  process.stdout.write(JSON.stringify(files));`;

/** What is in an image, and what is not. `tag`: of the images, once they are built. */
export function images(tag: () => string): void {
  const tools = ['provider', 'identity'];
  describe.each([...SERVICE_NAMES, ...tools])('the image of %s', (name) => {
    const image = (): string => `dozen/${name}:${tag()}`;
    const node = (...args: string[]): Promise<string> =>
      docker(['run', '--rm', '--user', '0', '--entrypoint', '/nodejs/bin/node', image(), ...args]);
    const inspect = async (what: string, of = image()): Promise<unknown> =>
      JSON.parse(await docker(['image', 'inspect', '--format', `{{json .${what}}}`, of]));
    let files: readonly string[];

    beforeAll(async () => {
      files = JSON.parse(await node('--eval', LIST)) as string[];
    });

    it('has its own production packages and no other', async () => {
      const found = new Set(
        files.flatMap((file) => {
          const match = /^\/app\/(.*node_modules\/(?:@[^/]+\/)?[^/@.][^/]*)\/package\.json$/.exec(file);
          return match?.[1] === undefined || match[1].includes('@dozen/') ? [] : [match[1]];
        }),
      );
      expect([...found].sort()).toEqual(await productionPackages(name));
    });

    it('has no other service, no source, test, source map, secret or shell', () => {
      const others = [...SERVICE_NAMES, ...tools].filter((other) => other !== name);
      const wrong = files.filter(
        (file) =>
          /^\/app\/.*\.([cm]?ts|map|tsbuildinfo)$/.test(file) ||
          /^\/app\/.*\/(test|tests|__tests__)$/.test(file) ||
          /^\/app\/[^]*(\/\.env|\/\.npmrc|\.pem$|_database_url$)|^\/run\/secrets/.test(file) ||
          /\/bin\/(ba|da|)sh$|\/npm$/.test(file) ||
          others.some((other) => file.startsWith(`/app/apps/${other}/`)),
      );
      expect(wrong).toEqual([]);
    });

    it('runs as nobody that this machine knows, starts Node itself, looks after its health, and says what it is', async () => {
      const config = (await inspect('Config')) as ImageConfig;
      expect(config.User).toBe('65532:65532');
      expect(config.Entrypoint[0]).toBe('/nodejs/bin/node');
      expect(config.Healthcheck.Test.slice(0, 3)).toEqual(['CMD', '/nodejs/bin/node', 'healthcheck.mjs']);
      expect(config.Labels).toMatchObject({
        'org.opencontainers.image.title': `dozen/${name}`,
        'org.opencontainers.image.revision': expect.stringMatching(/./),
        'org.opencontainers.image.version': tag(),
      });
    });

    it(`is at most ${MOST_BYTES / 1e6} MB over its base`, async () => {
      const [whole, base] = [Number(await inspect('Size')), Number(await inspect('Size', RUNTIME))];
      process.stdout.write(`image of ${name}: ${((whole - base) / 1e6).toFixed(1)} MB over its base\n`);
      expect(whole - base).toBeLessThan(MOST_BYTES);
    });

    it('refuses to start without its configuration, on a read-only file system and without a capability', async () => {
      await expect(docker(['run', '--rm', ...HARDENED, '--env', 'DATA_DIR=', image()])).rejects.toMatchObject({
        code: 78,
      });
    });
  });
}

const HARDENED = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Healthcheck: { readonly Test: readonly string[] };
  readonly Labels: Readonly<Record<string, string>>;
}
