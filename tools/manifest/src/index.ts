import { z } from 'zod';
import { entrySchema, type ServiceEntry } from './entry.js';
import manifest from './services.json' with { type: 'json' };

export { fillIn, type Placeholder, placeholdersIn, type ServiceEntry } from './entry.js';

export type ServiceName = keyof typeof manifest;

/** Every service: services.json. */
export const SERVICES = z.record(z.string(), entrySchema).parse(manifest) as Readonly<
  Record<ServiceName, ServiceEntry>
>;

export const SERVICE_NAMES = Object.keys(SERVICES) as readonly ServiceName[];

/** Something of each service, by its name. */
export function ofEach<T>(what: (name: ServiceName) => T): Record<ServiceName, T> {
  return Object.fromEntries(SERVICE_NAMES.map((name) => [name, what(name)])) as Record<ServiceName, T>;
}
