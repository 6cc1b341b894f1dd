import { createServer, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import compression from 'compression';

/**
 * A proxy that compresses whatever its client takes and lets go of a block when it is full, as Express' `compression` does
 * behind a proxy by default. `changed` may alter what the upstream says before that sees it.
 */
export async function startCompressingProxy(upstream: string, changed: (headers: Record<string, unknown>) => void) {
  // It compresses any type here; by itself it leaves event streams alone.
  const compress = compression({ filter: () => true, threshold: 0 });
  const pass: RequestListener = (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request(new URL(url ?? '/', upstream), { method, headers }, (answer) => {
      const said = { ...answer.headers };
      changed(said);
      outgoing.writeHead(answer.statusCode ?? 502, said);
      answer.pipe(outgoing);
    });
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    incoming.pipe(onward);
  };
  const server = createServer((incoming, outgoing) => {
    // Made for Express, of whose request and response it uses what Node's have.
    compress(incoming as Parameters<typeof compress>[0], outgoing as Parameters<typeof compress>[1], () => {
      pass(incoming, outgoing);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
