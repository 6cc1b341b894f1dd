import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '..');
const REGISTER = join(ROOT, 'dist/sdk/register.js');
/** Prints every module of the SDK that is loaded. */
const LOADED = `import { registerHooks } from 'node:module';
globalThis.loaded = [];
registerHooks({ load: (url, context, next) => (url.includes('@opentelemetry/sdk') && loaded.push(url), next(url, context)) });`;
const SPAN = `import { metrics, trace } from '@opentelemetry/api';
import { stopTelemetry } from '@dozen/telemetry';
trace.getTracer('test').startSpan('work').end();
metrics.getMeter('test').createCounter('worked').add(1);
const from = performance.now();
const lost = await stopTelemetry(Number(process.env.LIMIT_MS));
console.log(JSON.stringify({ loaded: loaded.length, lost, ms: performance.now() - from }));
process.exit(0);`;

interface Outcome {
  readonly loaded: number;
  readonly lost?: string;
  readonly ms: number;
}

async function run(given: Record<string, string>, limitMs = 10_000): Promise<Outcome> {
  const env = { ...given, LIMIT_MS: String(limitMs) };
  const args = ['--import', `data:text/javascript,${encodeURIComponent(LOADED)}`, '--import', REGISTER];
  const child = spawn(process.execPath, [...args, '--input-type=module', '-e', SPAN], { cwd: ROOT, env });
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === '') throw new Error(problems);
  return JSON.parse(out) as Outcome;
}

/** Lets `use` talk to a collector that answers by `answer`. */
async function collector<T>(answer: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('node --import @dozen/telemetry/register', () => {
  it.each<[string, Record<string, string>]>([
    ['there is no endpoint', {}],
    ['the endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['it is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }],
  ])('loads nothing of the SDK when %s', async (_, env) => {
    expect(await run(env)).toMatchObject({ loaded: 0 });
  });

  it('exports spans and metrics, of the release that runs, before it ends', async () => {
    const got = new Map<string, string>();
    const take: RequestListener = (request, response) => {
      void buffer(request).then((body) => {
        got.set(request.url ?? '', body.toString('latin1'));
        response.end();
      });
    };
    const outcome = await collector(take, (url) => run({ OTEL_EXPORTER_OTLP_ENDPOINT: url, RELEASE_ID: 'abc123' }));
    expect(outcome.lost).toBeUndefined();
    expect(outcome.loaded).toBeGreaterThan(0);
    expect([...got.keys()].sort()).toEqual(['/v1/metrics', '/v1/traces']);
    for (const body of got.values()) expect(body).toContain('abc123');
    expect(got.get('/v1/traces')).toContain('work');
    expect(got.get('/v1/metrics')).toContain('worked');
  });

  it('exports only the signal that has an endpoint', async () => {
    const paths: (string | undefined)[] = [];
    const take: RequestListener = (request, response) => {
      paths.push(request.url);
      response.end();
    };
    await collector(take, (url) => run({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/spans` }));
    expect(paths).toEqual(['/spans']);
  });

  it('is not held by a collector that hangs', async () => {
    const outcome = await collector(
      () => undefined,
      (url) => run({ OTEL_EXPORTER_OTLP_ENDPOINT: url }, 300),
    );
    expect(outcome.lost).toBe('not exported within 300 ms');
    expect(outcome.ms).toBeLessThan(3_000);
  });

  it('ends in time when no collector is there', async () => {
    const gone = await collector(
      () => undefined,
      (url) => Promise.resolve(url),
    );
    expect((await run({ OTEL_EXPORTER_OTLP_ENDPOINT: gone }, 300)).ms).toBeLessThan(3_000);
  });
});
