import type { ServiceEntry } from '@dozen/manifest';

const NODE = 'node --import @dozen/service/register --disable-warning=TimeoutNegativeWarning --max-semi-space-size=8';

/** A line for each process type of each service. */
export function procfile(services: Readonly<Record<string, ServiceEntry>>): string {
  const lines = Object.entries(services).flatMap(([name, { processTypes }]) =>
    processTypes.map((type) => `${name}-${type}: PROCESS_TYPES=${type} ${NODE} apps/${name}/dist/main.js\n`),
  );
  return lines.join('');
}
