import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { exposition } from './exposition.js';
import { metricsRequest, type ReceivedSeries, seriesIn } from './received.js';
import { type ReceivedSpan, spansIn, traceRequest } from './received-spans.js';

/**
 * Takes metrics and spans over OTLP (HTTP, JSON). Keeps the last of each series, and all spans; GET /metrics is what a
 * collector would show Prometheus. Logs are taken, and not looked at.
 */
export class OtlpReceiver {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #series = new Map<string, ReceivedSeries>();
  readonly #spans: ReceivedSpan[] = [];

  private constructor() {}

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get series(): readonly ReceivedSeries[] {
    return [...this.#series.values()];
  }

  get spans(): readonly ReceivedSpan[] {
    return this.#spans;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method === 'GET') {
        response.setHeader('content-type', 'text/plain; version=0.0.4').end(exposition(this.series));
        return;
      }
      const body = await buffer(request);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
      if (request.url === '/v1/metrics') this.#keep(seriesIn(metricsRequest.parse(JSON.parse(text))));
      if (request.url === '/v1/traces') this.#spans.push(...spansIn(traceRequest.parse(JSON.parse(text))));
      response.setHeader('content-type', 'application/json').end('{}');
    } catch (error) {
      // Said to whoever exports, whose log says it again.
      response.writeHead(400).end(String(error));
    }
  }

  #keep(all: readonly ReceivedSeries[]): void {
    for (const series of all) {
      const { name, resource, attributes } = series;
      this.#series.set(JSON.stringify([name, resource, attributes]), series);
    }
  }
}
