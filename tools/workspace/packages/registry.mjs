/**
 * `npm run registry`: an npm registry on this machine with the libraries as they are built, for whoever tries them in an
 * application of their own. It has no other packages, so it goes into an .npmrc as that of the scope alone. Prints
 * `{"registry":"http://127.0.0.1:…"}` when all are published; runs until SIGTERM or Ctrl-C, and leaves nothing.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runServer } from 'verdaccio';
import { root } from '../../bootstrap/bootstrap.mjs';
import { npm, publicPackages } from './public.mjs';

const storage = mkdtempSync(join(tmpdir(), 'dozen-registry-'));
process.once('exit', () => rmSync(storage, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(0));

// npm remembers answers by their URL, and a port may come again: so no two registries have one URL. Verdaccio writes the
// prefix into what it answers, and leaves it to a proxy to take it away.
const prefix = `/${randomBytes(8).toString('hex')}/`;
const verdaccio = await runServer({
  storage,
  self_path: storage,
  configPath: join(storage, 'config.yaml'),
  url_prefix: prefix,
  web: { enable: false },
  uplinks: {},
  packages: { '@dozen/*': { access: '$all', publish: '$all' } },
  max_body_size: '50mb',
  log: { type: 'stdout', format: 'pretty', level: 'fatal' },
});
const server = createServer((request, response) => {
  request.url = request.url.replace(prefix, '/');
  verdaccio.emit('request', request, response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const registry = `http://127.0.0.1:${port}${prefix}`;

const workspaces = publicPackages().flatMap(({ name }) => ['--workspace', name]);
// npm publishes nothing without a token; this registry takes any.
const token = `--//127.0.0.1:${port}${prefix}:_authToken=any`;
await npm(root, ['publish', '--loglevel=error', `--@dozen:registry=${registry}`, token, ...workspaces]);
process.stdout.write(`${JSON.stringify({ registry })}\n`);
