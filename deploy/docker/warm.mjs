/**
 * For the image's build: starts the service once, with all that it loads when it runs but none of its servers, so that
 * compiled code of all of it is on disk (NODE_COMPILE_CACHE). `node warm.mjs <folder of all services> <what node runs> …`,
 * with SERVICE in the environment; fails when the service does not start or does not end cleanly.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 60_000;
const PORT = '3000';
const [apps = '', ...args] = process.argv.slice(2);
const example = join(apps, process.env['SERVICE'] ?? '', '.env.example');
// The example is that of a developer's machine, and the image says production.
const env = {
  ...process.env,
  ...{ NODE_ENV: 'development', PORT, HOST: '127.0.0.1', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
};

const service = spawn(process.execPath, [`--env-file=${example}`, ...args], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
service.stdout.on('data', (chunk) => (said += chunk));
const ended = once(service, 'exit');
const limit = setTimeout(() => service.kill('SIGKILL'), LIMIT_MS);
let up = false;
while (service.exitCode === null && service.signalCode === null && !(up = await started())) await sleep(50);
service.kill('SIGTERM');
const [code, signal] = await ended;
clearTimeout(limit);
if (!up || code !== 0) {
  process.stderr.write(`${said}the service did not start, or did not end cleanly: ${signal ?? code}\n`);
  process.exitCode = 1;
}

async function started() {
  try {
    return (await fetch(`http://127.0.0.1:${PORT}/startupz`)).ok;
  } catch {
    return false;
  }
}
