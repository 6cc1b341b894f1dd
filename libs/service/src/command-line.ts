/**
 * How an admin process is started, in words that can be typed: `node apps/orders/dist/main.js migrate`. The same in a
 * checkout and in a container of the service (`docker compose exec`, `kubectl exec`), from the folder where a shell or an
 * exec begins: the image has the layout of the workspace, and `node` on its PATH.
 */
export function commandLine(service: string, ...words: readonly string[]): string {
  return ['node', `apps/${service}/dist/main.js`, ...words].join(' ');
}
