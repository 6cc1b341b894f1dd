import { timed } from '@dozen/backing';
import { System } from './system.js';
import type { SystemOptions } from './system-options.js';

/** A phase of the start, by the name that is shown for it. */
export const PHASES: readonly { readonly name: string; readonly run: (system: System) => Promise<void> }[] = [
  { name: 'mail server, payment provider, identity', run: (system) => system.startTools() },
  { name: 'a database per service', run: (system) => system.createDatabases() },
  { name: 'migrate and seed (admin processes)', run: (system) => system.migrateAndSeed() },
  { name: 'the services', run: (system) => system.startServices() },
];

/** All phases. Resolves when every service is ready; when a phase fails, all is stopped and its error thrown. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const system = await System.open(options);
  try {
    for (const { name, run } of PHASES) {
      options.signal?.throwIfAborted();
      await timed(options.onStep ?? (() => undefined), name, () => run(system));
    }
    return system;
  } catch (error) {
    await system.stop();
    throw error;
  }
}
