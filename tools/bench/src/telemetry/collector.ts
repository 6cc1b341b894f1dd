import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes what is exported over OTLP, and forgets it: what a collector does with it is no service's work. */
export class Collector {
  #bytes = 0;
  readonly #server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (this.#bytes += chunk.length));
    request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  });

  static async start(): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What came so far, as it came. */
  get bytes(): number {
    return this.#bytes;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
